"""What `servanda lint` found: for people, for programs, and for code hosts (SARIF 2.1.0).

JSON is the shape of `schemas/lint.schema.json`; a changed shape is a new name. No clock is in any of
them, so equal files give equal bytes. A fingerprint holds no line numbers: it outlives edits elsewhere.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from checker.exits import FAILED, NO_ANSWER, PASSED
from checker.lint.finding import Check, Finding, Linted, LintedPack
from checker.lint.solved import INSTALL
from checker.model import SEVERITIES
from checker.report import words
from checker.report.json import Json, dump
from checker.report.snippet import Mark, snippet
from checker.terminal import Look, inert, line, shown, wrap
from checker.version import HOME, __version__

SCHEMA = "servanda-lint-1"
_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}
_MARGIN = "  "


def exit_status(linted: Linted) -> int:
    """0: no finding fails; 1: one does; 2: a pack or a test could not be read."""
    if linted.problems or not linted.packs:
        return NO_ANSWER
    return FAILED if any(map(linted.fails, linted.findings)) else PASSED


# --- for people -------------------------------------------------------------------


def text(linted: Linted, look: Look) -> str:
    """Each finding with the line it is about and what to do; then what there was in all."""
    lines = [words.placed(problem, "error: ") for problem in linted.problems]
    for pack in linted.packs:
        for finding in pack.findings:
            if _is_wanted(finding, linted, look):
                lines += [*_told(finding, pack, look), ""]
    if not look.quiet or any(map(linted.fails, linted.findings)):
        lines += [_summary(pack, look) for pack in linted.packs]
    return inert("".join(f"{each}\n" for each in (*lines, *_unchecked(linted, look))))


def concise(linted: Linted, look: Look) -> str:
    """A line for each finding, as compilers write it."""
    lines = [words.placed(problem, "error: ") for problem in linted.problems]
    wanted = [each for each in linted.findings if _is_wanted(each, linted, look)]
    lines += [line(f"{each.place}: {each.check.severity}[{each.check.id}] {each.message}") for each in wanted]
    return inert("".join(f"{each}\n" for each in (*lines, *_unchecked(linted, look))))


def _is_wanted(finding: Finding, linted: Linted, look: Look) -> bool:
    return linted.fails(finding) if look.quiet else finding.accepted is None


def _told(finding: Finding, pack: LintedPack, look: Look) -> Iterator[str]:
    colour = _COLOURS[finding.check.severity]
    head = f"{finding.check.severity}[{finding.check.id}]:"
    first, *others = wrap(line(f"{head} {finding.message}"), look.width - len(_MARGIN))
    yield look.paint(head, colour, "bold") + first[len(head) :]
    yield from (_MARGIN + each for each in others)
    yield f"{_MARGIN}{look.paint('-->', 'blue')} {finding.place}"
    mark = Mark(finding.place, "^", "", (colour, "bold"))
    for each in snippet(pack.texts.get(finding.place.file, ()), [mark], look._replace(width=look.width - len(_MARGIN))):
        yield _MARGIN + each
    if finding.case:
        yield f"{_MARGIN}{look.paint('a test that shows it', 'bold')} (--write FOLDER writes it):"
        yield from (f"{_MARGIN}  {shown(each)}" for each in finding.case.splitlines())
    label = f"{_MARGIN}fix: "
    first, *others = wrap(line(finding.check.fix), look.width - len(label))
    yield f"{_MARGIN}{look.paint('fix:', 'bold')} {first}"
    yield from (" " * len(label) + each for each in others)


def _summary(pack: LintedPack, look: Look) -> str:
    found = Counter(each.check.severity for each in pack.findings if each.accepted is None)
    accepted = sum(each.accepted is not None for each in pack.findings)
    counted = [_number(found[each], each) for each in reversed(SEVERITIES) if found[each]]
    told = look.paint(", ".join(counted), _COLOURS[max(found, key=SEVERITIES.index)]) if counted else None
    also = f" ({accepted} accepted with a reason)" if accepted else ""
    return f"{pack.id} {pack.version}: {told or look.paint('nothing found', 'green')}{also}"


def _number(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _unchecked(linted: Linted, look: Look) -> list[str]:
    if not linted.unchecked or look.quiet:
        return []
    return [f"not checked, for want of a solver: {_ids(linted.unchecked)} ({INSTALL})"]


def _ids(checks: tuple[Check, ...]) -> str:
    return ", ".join(each.id for each in checks)


# --- for programs -----------------------------------------------------------------


def json(linted: Linted, look: Look) -> str:  # noqa: ARG001 - every format is called alike
    """Everything, accepted findings too, as one object."""
    found = Counter(each.check.severity for each in linted.findings)
    accepted = [each for pack in linted.packs for each in pack.findings if each.accepted is not None]
    whole: dict[str, Json] = {
        "schema": SCHEMA,
        "checker": __version__,
        "packs": [{"id": each.id, "version": each.version, "sha256": each.sha256} for each in linted.packs],
        "summary": {**{each: found[each] for each in reversed(SEVERITIES)}, "accepted": len(accepted)},
        "checked": [each.id for each in linted.checks],
        "unchecked": [each.id for each in linted.unchecked],
        "problems": [
            {"message": each.message, "location": _location(each.place) if each.place else None}
            for each in linted.problems
        ],
        "findings": [_finding(each, pack) for pack in linted.packs for each in pack.findings],
    }
    return dump(whole, indent=2) + "\n"


def _finding(finding: Finding, pack: LintedPack) -> Json:
    return {
        "check": finding.check.id,
        "severity": finding.check.severity,
        "pack": pack.id,
        "about": finding.about,
        "message": finding.message,
        "fix": finding.check.fix,
        "location": _location(finding.place),
        "accepted": finding.accepted,
        "case": finding.case or None,
        "fingerprint": fingerprint(finding, pack),
    }


def _location(place: tuple[str, int, int]) -> Json:
    return dict(zip(("file", "line", "column"), place, strict=True))


def fingerprint(finding: Finding, pack: LintedPack) -> str:
    """The same for the same fault wherever the lines around it move."""
    parts = (finding.check.id, pack.id, Path(finding.place.file).name, finding.about, finding.message)
    return sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:32]


# --- SARIF ------------------------------------------------------------------------

_SARIF = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "SRCROOT"


def sarif(linted: Linted, look: Look) -> str:  # noqa: ARG001 - every format is called alike
    """One run: every check that was made as a rule, every finding as a result."""
    rules = {check.id: number for number, check in enumerate(linted.checks)}
    notes: list[Json] = [
        {"level": "error", "message": {"text": str(problem)}, "descriptor": {"id": "unreadable"}}
        for problem in linted.problems
    ]
    notes += [
        {"level": "note", "message": {"text": f"not checked, for want of a solver: {check.id}"}}
        for check in linted.unchecked
    ]
    run: dict[str, Json] = {
        "tool": {
            "driver": {
                "name": "servanda lint",
                "semanticVersion": __version__,
                "informationUri": HOME,
                "rules": [_rule(check) for check in linted.checks],
            }
        },
        "automationDetails": {"id": "servanda-lint/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder in which the checker was run."}}},
        "invocations": [{"executionSuccessful": not linted.problems, "toolExecutionNotifications": notes}],
        "results": [_result(each, pack, rules) for pack in linted.packs for each in pack.findings],
    }
    return dump({"$schema": _SARIF, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(check: Check) -> Json:
    name = "".join(part.capitalize() for part in check.id.split("-"))
    told = f"{check.summary[0].upper()}{check.summary[1:]}."
    fix = f"{check.fix[0].upper()}{check.fix[1:]}."
    return {
        "id": check.id,
        "name": name,
        "shortDescription": {"text": told},
        "fullDescription": {"text": f"{told} {fix}"},
        "help": {"text": fix, "markdown": fix},
        "defaultConfiguration": {"level": check.severity},
    }


def _result(finding: Finding, pack: LintedPack, rules: Mapping[str, int]) -> Json:
    result: dict[str, Json] = {
        "ruleId": finding.check.id,
        "ruleIndex": rules[finding.check.id],
        "level": finding.check.severity,
        "message": {"text": line(finding.message)},
        "locations": [{"physicalLocation": _physical(finding, pack)}],
        "partialFingerprints": {"servandaLint/v1": fingerprint(finding, pack)},
    }
    if finding.accepted is not None:
        result["suppressions"] = [{"kind": "inSource", "justification": finding.accepted}]
    return result


def _physical(finding: Finding, pack: LintedPack) -> Json:
    file, number, column = finding.place
    path = Path(file)
    inside: dict[str, Json] = {"uri": quote(os.fsencode(path.as_posix())), "uriBaseId": _ROOT}
    region: dict[str, Json] = {"startLine": number, "startColumn": column}
    lines = pack.texts.get(file, ())
    if 0 < number <= len(lines):
        region["snippet"] = {"text": lines[number - 1]}
    return {"artifactLocation": {"uri": path.as_uri()} if path.is_absolute() else inside, "region": region}


FORMATS: Mapping[str, Callable[[Linted, Look], str]] = {"text": text, "concise": concise, "json": json, "sarif": sarif}
FOR_PEOPLE = frozenset(("text", "concise"))
