"""A file of waivers changed: one waiver added, or those that have ended taken out; all else stays as it is written.

What comes out is read again as any file of waivers is, and must hold what it held before and what was asked for.
"""

from __future__ import annotations

from typing import NamedTuple

from checker.dates import Date, days_between
from checker.errors import UsageError, quoted
from checker.load import format_of, load
from checker.splice import spliced
from checker.verdict import Json, PatchStep
from checker.waivers import Waiver, WaiversError, read_waivers

_PATTERN = b"""\
waivers:
  - id: "-"
    rule: "-"
    match: {case: "-"}
    reason: "-"
    approver: "-"
    created: 2000-01-01
    expires: 2000-01-02
"""  # how a new file is laid out; taken out as soon as the first waiver stands beneath
_IN_JSON = b'{\n  "waivers": []\n}\n'


class Term(NamedTuple):
    """How a waiver stands on a day: the days that are left with it, or none (it has ended, or not begun)."""

    state: str  # stands, soon, ended, later
    left: int


def term_of(waiver: Waiver, day: Date, soon: int) -> Term:
    """How a waiver stands on a day; `soon`: with how few days left it ends soon."""
    if waiver.expires <= day:
        return Term("ended", 0)
    if day < waiver.created:
        return Term("later", 0)
    left = days_between(day, waiver.expires)
    return Term("soon" if left <= soon else "stands", left)


def added(content: bytes | None, name: str, waiver: Waiver) -> bytes:
    """The file with one waiver more, at its end; None as the content: there is no file yet."""
    before = () if content is None else read_waivers(content, name)
    if taken := next((each for each in before if each.id == waiver.id), None):
        message = f"--id: {quoted(waiver.id)} is taken: {taken.place}"
        raise UsageError(message)
    steps = [PatchStep("add", "/waivers/-", _entry(waiver))]
    if content is None and format_of(name) == "yaml":
        content, steps = _PATTERN, [*steps, PatchStep("remove", "/waivers/0")]
    return _changed(content or _IN_JSON, name, steps, (*before, waiver))


def pruned(content: bytes, name: str, day: Date) -> tuple[bytes, tuple[Waiver, ...]]:
    """The file without the waivers that have ended on a day, and these."""
    waivers = read_waivers(content, name)
    gone = [index for index, each in enumerate(waivers) if each.expires <= day]
    steps = [PatchStep("remove", f"/waivers/{index}") for index in reversed(gone)]
    kept = tuple(each for index, each in enumerate(waivers) if index not in gone)
    return _changed(content, name, steps, kept), tuple(waivers[index] for index in gone)


def _entry(waiver: Waiver) -> dict[str, Json]:
    match = waiver.match
    told = {"case": match.case, "action": match.action, "fingerprint": match.fingerprint}
    parts: dict[str, Json] = {part: value for part, value in told.items() if value is not None}
    if match.bindings:
        parts["bindings"] = {**dict(match.bindings)}
    return {
        "id": waiver.id,
        "rule": waiver.rule,
        "match": parts,
        "reason": waiver.reason,
        "approver": waiver.approver,
        "created": str(waiver.created),
        "expires": str(waiver.expires),
    }


def _changed(content: bytes, name: str, steps: list[PatchStep], wanted: tuple[Waiver, ...]) -> bytes:
    """The file with the steps made; WaiversError if it would not read as the waivers that are wanted."""
    (document,) = load(content, name, error=WaiversError)
    after = spliced(document, content, steps)
    if [each[:-1] for each in read_waivers(after, name)] != [each[:-1] for each in wanted]:  # but for their places
        message = f"{quoted(name)} can't be changed so by itself; edit it by hand"
        raise UsageError(message)
    return after
