"""In which order slices are read: what a person looks at first comes first."""

from __future__ import annotations


def middle_outwards(count: int) -> list[int]:
    """Indices 0 … count − 1, the middle first and then alternately to both sides."""
    middle = count // 2
    return sorted(range(count), key=lambda index: (abs(index - middle), index))
