"""A long text in pieces that a language model sees at once."""


def windows(text: str, length: int) -> list[str]:
    """Pieces of ``length + 1`` characters, each starting with the last of the one before.

    So every character but the first is a target once, after at most ``length`` others. The last piece is shorter
    where the text does not come out even.

    Args:
        text: Any; of fewer than two characters nothing can be learnt, and there is no piece.
        length: Characters that are seen, >= 1.

    Example:
        >>> windows("abcdef", 2)
        ['abc', 'cde', 'ef']
    """
    return [text[start : start + length + 1] for start in range(0, len(text) - 1, length)]
