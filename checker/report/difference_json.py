"""What changed between two packs and what that changes in cases, for programs: `servanda-diff-1`."""

from __future__ import annotations

from checker.difference import Change, Difference, Part
from checker.errors import Place, Problem
from checker.model import Pack
from checker.report.json import Json, dump
from checker.report.spelling import lines_of
from checker.terminal import Look
from checker.turns import CaseTurn, Turn, Turns

SCHEMA = "servanda-diff-1"


def render(difference: Difference, turns: Turns | None, look: Look) -> str:  # noqa: ARG001 - both formats are called alike
    """The whole report as one object; `cases` is null where none was asked about."""
    told: dict[str, Json] = {
        "schema": SCHEMA,
        "before": _pack(difference.before),
        "after": _pack(difference.after),
        "verdicts_can_change": difference.judges,
        "version_to_raise": difference.needs_version,
        "changes": [_change(each) for each in difference.changes],
        "cases": None if turns is None else _cases(turns),
    }
    return dump(told, indent=2) + "\n"


def _pack(pack: Pack) -> Json:
    return {"id": pack.id, "version": pack.version, "sha256": pack.sha256}


def _change(change: Change) -> Json:
    return {
        "kind": change.kind,
        "id": change.id,
        "change": change.how,
        "title": change.title or None,
        "block": change.block,
        "verdicts_can_change": change.judges,
        "location": _place(change.place),
        "note": change.note or None,
        "parts": [_part(each) for each in change.parts],
    }


def _part(part: Part) -> Json:
    return {
        "part": part.name,
        "before": _text(part.before),
        "after": _text(part.after),
        "verdicts_can_change": part.judges,
    }


def _text(noun: object) -> str | None:
    return None if noun is None or noun == () else "\n".join(lines_of(noun))


def _cases(turns: Turns) -> Json:
    return {
        "judged": turns.judged,
        "newly_allowed": [_case(each) for each in turns.of("allowed")],
        "newly_failing": [_case(each) for each in turns.of("failing")],
        "otherwise": [_case(each) for each in turns.of("other")],
        "problems": [_problem(each) for each in turns.problems],
    }


def _case(case: CaseTurn) -> Json:
    return {
        "case": case.case,
        "before": case.before,
        "after": case.after,
        "turns": [_turn(each) for each in case.turns],
        "problems": [_problem(each) for each in case.problems],
    }


def _turn(turn: Turn) -> Json:
    return {
        "turn": {"allowed": "newly-allowed", "failing": "newly-failing", "other": "otherwise"}[turn.kind],
        "rule": turn.rule,
        "subject": turn.about,
        "before": turn.before,
        "after": turn.after,
        "location": _place(turn.place),
    }


def _problem(problem: Problem) -> Json:
    return {"message": problem.message, "location": _place(problem.place)}


def _place(place: Place | None) -> Json:
    return None if place is None else {"file": place.file, "line": place.line, "column": place.column}
