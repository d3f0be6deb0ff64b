"""A device's part of every batch."""

from collections.abc import Iterator

from torch import Tensor

from groklab.data.feed import Chunk, Feed


class Share(Feed):
    """The same part of each batch of ``feed``; all parts together are the batch.

    Args:
        feed: Of whole batches, each a multiple of ``of``.
        rank: Which part, from 0.
        of: How many there are.
    """

    def __init__(self, feed: Feed, *, rank: int, of: int) -> None:
        self.__dict__.update(vars(feed))
        self.rank, self.of = rank, of

    def __iter__(self) -> Iterator[Chunk]:
        for chunk in super().__iter__():
            yield Chunk(self._part(chunk.x), self._part(chunk.y))

    def _part(self, whole: Tensor) -> Tensor:
        return whole.chunk(self.of, dim=1)[self.rank]
