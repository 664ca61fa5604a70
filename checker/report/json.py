"""The report for programs, `servanda-report-1`. Its shape is a contract: a changed shape is a new name.

Days, durations and decimals are texts, whole numbers are numbers, and the words
`unknown` and `none` stand for the values of that name. Sentences are in the language
asked for; statuses, bases, ids and values are the same in every language. The order of keys is fixed;
no clock and no duration is in it, so equal input gives equal bytes.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from decimal import Decimal
from typing import TypeAlias

from checker.errors import Problem
from checker.gate import tally
from checker.json_text import dumps
from checker.report import json_register, words
from checker.report.json_finding import finding_json, location, stated
from checker.report.streamed import Streamed, whole
from checker.results import SCHEMA, BaselineFile, IdleWaiver, Results, WaiverFile
from checker.speech import speech
from checker.terminal import Look
from checker.verdict import ActionView, Receipt, Verdict

Json: TypeAlias = "str | int | float | Decimal | bool | list[Json] | dict[str, Json] | None"

_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def render(results: Results, look: Look) -> str:
    """The whole run as one object."""
    return whole(STREAMED, results, look)


def dump(value: Json, *, indent: int | None) -> str:
    r"""JSON in UTF-8's letters, but what could steer a terminal is written `\u009b`."""
    text = dumps(value, indent=indent)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def report(results: Results) -> dict[str, Json]:
    """The whole run, cases last."""
    return {**_top(results), "cases": [_whole_case(each) for each in results.verdicts]}


def _top(results: Results) -> dict[str, Json]:
    """What is told of all cases together."""
    return {
        "schema": SCHEMA,
        **({"partial": True} if results.partial else {}),
        "pack": {"id": results.pack, "version": results.pack_version, "title": results.pack_title},
        "packs": [{"id": each.id, "version": each.version, "title": each.title} for each in results.packs],
        "receipt": _common([*tally(results).receipts]),
        "summary": _summary(results),
        "coverage": {"clauses": results.coverage.clauses, "not_covered": results.coverage.not_covered},
        "notice": words.closing(results.coverage, speech(results.language)),
        "language": results.language,
        "gate": {"fail_on": results.fail_on, "min_severity": results.min_severity},
        "stamp": results.stamp,
        **json_register.register(results),
        "waivers": None if results.waivers is None else _waivers(results.waivers),
        "baseline": None if results.baseline is None else _baseline(results.baseline),
        "problems": [_problem(each) for each in results.problems],
    }


def _whole_case(verdict: Verdict) -> dict[str, Json]:
    return json_register.with_lines(case(verdict), verdict)


def _head(results: Results, look: Look) -> str:  # noqa: ARG001 - every format is called alike
    return dump({**_top(results), "cases": []}, indent=2).removesuffix("]\n}")


def _told(verdict: Verdict, results: Results, look: Look) -> str:  # noqa: ARG001 - likewise
    told = dump(_whole_case(verdict), indent=2)
    return "\n    " + told.replace("\n", "\n    ")  # a line ends nowhere else: texts are escaped


def _foot(results: Results, look: Look, any_case: bool) -> str:  # noqa: ARG001, FBT001 - likewise
    return "\n  ]\n}\n" if any_case else "]\n}\n"


STREAMED = Streamed(_told, _foot, _head, between=",")


def case(verdict: Verdict) -> dict[str, Json]:
    """One case, complete in itself."""
    receipt = verdict.receipt
    subjects: dict[Hashable, int] = {}
    return {
        "case": verdict.case,
        "sha256": verdict.sha256,
        "verdict": verdict.status,
        "pack": None if receipt is None else {"id": receipt.pack, "version": receipt.pack_version},
        "receipt": None if receipt is None else _receipt(receipt),
        "problems": [_problem(each) for each in verdict.problems],
        "unjudged": [_action(each) for each in verdict.unjudged],
        "not_in_force": [_action(each) for each in verdict.not_in_force],
        "unread": [stated(each) for each in verdict.unread],
        "assumed": [{**stated(each.fact), "text": [*each.source]} for each in verdict.assumed],
        "without": [*verdict.without],
        "findings": [finding_json(each, subjects.setdefault(each.subject, len(subjects))) for each in verdict.findings],
    }


def case_text(verdict: Verdict) -> str:
    """One case as a text of its own."""
    return dump({"schema": SCHEMA, **case(verdict)}, indent=2)


def unread_case(problem: Problem) -> dict[str, Json]:
    """A file that could not even be named a case, in the shape of one."""
    name = problem.place.file if problem.place else ""
    return {**case(Verdict(name, "", "invalid", (), (problem,), (), (), (), None, ()))}


# --- the run ------------------------------------------------------------------


def _summary(results: Results) -> Json:
    total = tally(results)
    return {
        "cases": sum(total.cases.values()),
        **total.cases,
        "findings": {**total.findings},
        "waived": total.waived,
        "in_baseline": total.in_baseline,
        "unjudged": total.unjudged,
        "not_in_force": total.not_in_force,
    }


def _common(receipts: list[Receipt]) -> Json:
    """What the receipts of all cases agree on; null where they differ. Null for all where nothing was judged."""
    if not receipts:
        return None
    first = _receipt(receipts[0])
    others = [_receipt(each) for each in receipts[1:]]
    return {key: value if all(each[key] == value for each in others) else None for key, value in first.items()}


def _receipt(receipt: Receipt) -> dict[str, Json]:
    return {
        "pack_sha256": receipt.pack_sha256,
        "checker": receipt.checker,
        "engine": receipt.engine,
        "referee": receipt.referee,
        "as_of": receipt.as_of,
        "as_of_stated": receipt.as_of_stated,
        "readings": {**dict(receipt.readings)},
    }


def _waivers(waivers: WaiverFile) -> Json:
    unused: list[Json] = [_idle(each) for each in waivers.idle]
    return {"file": waivers.file, "ref": waivers.ref, "sha256": waivers.sha256, "day": waivers.day, "idle": unused}


def _idle(waiver: IdleWaiver) -> Json:
    return {
        "id": waiver.id,
        "rule": waiver.rule,
        "state": waiver.state,
        "created": waiver.created,
        "expires": waiver.expires,
        "location": location(waiver.place),
        "nearest": waiver.nearest,
    }


def _baseline(baseline: BaselineFile) -> Json:
    stale: list[Json] = [{**each._asdict()} for each in baseline.stale]
    return {"file": baseline.file, "sha256": baseline.sha256, "stale": stale}


def _problem(problem: Problem) -> Json:
    return {"message": problem.message, "location": location(problem.place)}


def _action(action: ActionView) -> Json:
    return {"type": action.type, "id": action.id, "location": location(action.place)}
