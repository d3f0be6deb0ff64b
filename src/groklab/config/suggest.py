"""Did you mean ...?"""

from collections.abc import Iterable


def distance(a: str, b: str) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours that turn ``a`` into ``b``.

    Source: Damerau (1964), CACM 7(3); restricted edit distance.
    """
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        before, above, row = row, before, [i]
        for j, y in enumerate(b, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]


def nearest(word: str, candidates: Iterable[str]) -> list[str]:
    """The candidates with the fewest edits from ``word``; none when even those share too little with it."""
    ranked = sorted((distance(word, candidate), candidate) for candidate in set(candidates))
    if not ranked or ranked[0][0] > max(1, len(word) // 2):
        return []
    return [candidate for edits, candidate in ranked if edits == ranked[0][0]]


def did_you_mean(word: str, candidates: Iterable[str], *, prefix: str = "") -> str:
    """A sentence with the nearest candidates, or with all of them."""
    known = sorted(set(candidates))
    if close := nearest(word, known):
        return f"Did you mean {' or '.join(prefix + name for name in close)}?"
    return f"Known: {', '.join(prefix + name for name in known)}." if known else "It takes none."
