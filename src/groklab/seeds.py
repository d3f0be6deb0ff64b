"""Independent random streams from one seed."""

import hashlib


def derive(seed: int, *labels: str | int) -> int:
    """A 63-bit seed that is a function of ``seed`` and ``labels`` alone.

    Streams of different labels are independent for all practical purposes, and none depends on how often another
    was drawn from: order = f(seed, epoch), dropout = f(seed, step).
    """
    text = "/".join(str(part) for part in (seed, *labels))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1
