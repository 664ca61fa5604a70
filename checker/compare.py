"""Two outcomes set side by side. Where they differ there is no answer, but a file that shows the difference.

The file holds the pack's hash, the case as it was written and both answers, in the
temporary folder, never beside the case.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from checker.errors import EngineError
from checker.model import Case, Pack
from checker.outcome import Outcome

_TABLES = ("facts", "matches", "statuses", "steps", "witnesses", "displaced", "horizon")
_MOST = 50


def differences(one: Outcome, other: Outcome) -> Iterator[tuple[str, str, str, str]]:
    """What differs: the table, the thing, and what each says of it."""
    for table in _TABLES:
        left: Mapping[object, object] = getattr(one, table)
        right: Mapping[object, object] = getattr(other, table)
        if left == right:
            continue
        for key in sorted({*left, *right}, key=repr):
            if left.get(key) != right.get(key):
                yield table, repr(key), repr(left.get(key)), repr(right.get(key))


def agreed(pack: Pack, case: Case, source: str, engine: Outcome, referee: Outcome) -> Outcome:
    """The outcome both came to; EngineError with a reproducer where they did not."""
    found = list(differences(referee, engine))
    if not found:
        return referee
    path = _reproducer(pack, case, source, found)
    message = (
        f"{case.name}: the engine and the referee differ in {len(found)} points, so there is no answer; "
        f"please send `{path}` to the makers of the checker"
    )
    raise EngineError(message)


def _reproducer(pack: Pack, case: Case, source: str, found: list[tuple[str, str, str, str]]) -> Path:
    told = {
        "pack": {"id": pack.id, "version": pack.version, "sha256": pack.sha256},
        "case": {"name": case.name, "as_of": str(case.as_of), "sha256": case.sha256, "text": source},
        "assumed": ["\n".join(each.source) for each in case.assumed],
        "without": case.without,
        "differences": [
            {"table": table, "of": key, "referee": left, "engine": right} for table, key, left, right in found[:_MOST]
        ],
    }
    import tempfile  # noqa: PLC0415 - only a difference needs it

    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="servanda-difference-", suffix=".json", delete=False
    ) as file:
        json.dump(told, file, ensure_ascii=False, indent=1)
    return Path(file.name)
