"""Requests to stop, kept until the run can save itself."""

import logging
import signal
import threading
from types import FrameType, TracebackType
from typing import Any

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)
_log = logging.getLogger(__name__)


class Interrupted(BaseException):
    """The run was asked to stop; ``exit_code`` is the shell's: 143 for SIGTERM, 130 for Ctrl-C."""

    def __init__(self, signum: int) -> None:
        super().__init__(f"stopped by {signal.Signals(signum).name}")
        self.exit_code = 128 + signum


class Interrupts:
    """While it is entered, SIGTERM, SIGUSR1 and Ctrl-C raise :class:`Interrupted`.

    While ``deferring`` is set, the first is only remembered in ``pending``, so that whoever trains can save a
    checkpoint first; a second one is raised at once.
    """

    def __init__(self) -> None:
        self.deferring = False
        self.pending: int | None = None
        self._before: dict[int, Any] = {}

    def install(self) -> None:
        """Take the signals, also from a library that took them in the meantime."""
        if threading.current_thread() is threading.main_thread():
            for signum in _SIGNALS:
                before = signal.signal(signum, self._handle)
                self._before.setdefault(signum, before)

    def __enter__(self) -> "Interrupts":
        self.install()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for signum, handler in self._before.items():
            signal.signal(signum, handler)

    def _handle(self, signum: int, frame: FrameType | None) -> None:
        if self.deferring and self.pending is None:
            self.pending = signum
            _log.warning("%s: saving a checkpoint, then stopping", signal.Signals(signum).name)
            return
        raise Interrupted(signum)
