"""What the JSON report carries so that a report for people can be made of it later: the register, lines, drawn days.

What many cases share stands once, in the language of the report: the works that packs cite, the clauses known of the
agreements, the readings. Of a case there are the lines that its places name, and those around them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from checker.load_tree import first_known
from checker.model import text_in
from checker.verdict import NOT_KNOWN
from checker.waivers import file_of

if TYPE_CHECKING:
    from checker.model import Clause, Question
    from checker.report.json import Json
    from checker.results import Results
    from checker.verdict import Timeline, Verdict

_AROUND = 2  # lines on either side that a report may show
_PLACE = frozenset(("file", "line", "column"))


def register(results: Results) -> dict[str, Json]:
    """The works, the clauses and the readings of every pack of the run."""
    language = results.language
    return {
        "sources": [
            {"pack": pack, "id": each.id, "title": each.title, "url": each.url, "basis": each.basis}
            for (pack, _), each in results.sources.items()
        ],
        "clauses": [_clause(pack, each, language) for (pack, _), each in results.clauses.items()],
        "questions": [_question(pack, each, language) for (pack, _), each in results.questions.items()],
    }


def _clause(pack: str, clause: Clause, language: str) -> Json:
    known = clause.says.get("en") not in (None, NOT_KNOWN)
    return {
        "pack": pack,
        "id": clause.id,
        "says": text_in(clause.says, language) if known else None,
        "basis": clause.basis,
        "encoded": clause.encoded,
        "why": text_in(clause.why, language),
    }


def _question(pack: str, question: Question, language: str) -> Json:
    options: dict[str, Json] = {name: text_in(says, language) for name, says in question.options.items()}
    return {"pack": pack, "id": question.id, "ask": text_in(question.ask, language), "options": options}


def with_lines(told: dict[str, Json], verdict: Verdict) -> dict[str, Json]:
    """A case as it is told, with the lines it speaks of by their numbers, and the days to be drawn."""
    files, source = (verdict.case, file_of(verdict.case)), verdict.source
    first, last = first_known(source), len(source)
    numbers = {
        number
        for file, line in _places(told)
        if file in files
        for number in range(max(first, line - _AROUND), min(last, line + _AROUND) + 1)
    }
    lines: dict[str, Json] = {str(number): source[number - 1] for number in sorted(numbers)}
    return {**told, "lines": lines, "timeline": None if verdict.timeline is None else _timeline(verdict.timeline)}


def _places(told: Json) -> Iterator[tuple[Json, int]]:
    """The file and line of every place that is told."""
    left = [told]
    while left:
        each = left.pop()
        if isinstance(each, list):
            left += each
        elif isinstance(each, dict):
            if each.keys() == _PLACE and isinstance(line := each["line"], int):
                yield each["file"], line
            left += each.values()


def _timeline(days: Timeline) -> Json:
    return {
        "periods": [
            {"number": number, "first": str(first), "last": None if last is None else str(last)}
            for number, first, last in days.periods
        ],
        "limits": [{"rule": rule, "day": str(day)} for rule, day in days.limits],
        "ends": None if days.ends is None else str(days.ends),
        "stated": [{"fact": each.fact, "field": each.field, "day": str(each.day)} for each in days.stated],
    }
