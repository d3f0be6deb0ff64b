"""Rows of words as text in columns."""

from collections.abc import Sequence


def aligned(rows: Sequence[Sequence[str]], *, left: int) -> str:
    """``rows`` one a line, columns two spaces apart, the first ``left`` of them to the left and the others, numbers, to
    the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            word.ljust(width) if index < left else word.rjust(width)
            for index, (word, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)
