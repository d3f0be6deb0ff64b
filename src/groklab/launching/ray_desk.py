"""Where the jobs on a Ray cluster ask and the coordinator answers."""

import asyncio
import itertools
from collections import defaultdict
from typing import Any


class Desk:
    """An actor beside the coordinator: nodes reach it, and it outlives each of them.

    A job has a line, which it asks questions on; the coordinator hears them one by one.
    """

    def __init__(self) -> None:
        self._lines: defaultdict[str, asyncio.Queue[tuple[int, tuple[Any, ...]]]] = defaultdict(asyncio.Queue)
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._numbers = itertools.count()
        self._stopping = False

    async def ask(self, line: str, *question: Any) -> Any:
        """The coordinator's answer to a job."""
        number = next(self._numbers)
        self._asked[number] = asyncio.get_running_loop().create_future()
        self._lines[line].put_nowait((number, question))
        return await self._asked[number]

    async def hear(self, line: str) -> tuple[int, tuple[Any, ...]]:
        """The next question on a line, with its number."""
        return await self._lines[line].get()

    async def answer(self, number: int, answer: Any) -> None:
        """Answer a question."""
        self._asked.pop(number).set_result(answer)

    async def close(self, line: str) -> None:
        """The job is over; whoever hears its line hears so."""
        self._lines.pop(line).put_nowait((-1, ()))

    async def stop(self) -> None:
        """Ask every job to save a checkpoint and end."""
        self._stopping = True

    async def stopping(self) -> bool:
        """Whether they shall."""
        return self._stopping
