"""Names by which boards and programs know a thing again: they hold no line numbers, and no two in a file are alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator


def told_apart(names: Iterable[str]) -> Iterator[str]:
    """The names, numbered from the second that is alike."""
    seen: Counter[str] = Counter()
    for name in names:
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})"
