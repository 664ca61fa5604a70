"""What changed between two packs and what that changes in cases, as lines for people. Authors read it, in English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from checker.difference import KINDS, Change, Difference, How, Kind, Part
from checker.model import Pattern
from checker.report.spelling import lines_of, tests_of
from checker.terminal import Look, inert, line, shown
from checker.turns import CaseTurn, Turn, Turns
from checker.turns import Kind as TurnKind

_INDENT = "  "
_HEADINGS: Mapping[Kind, str] = {
    "pack": "The pack",
    "rule": "Rules",
    "reading": "Readings",
    "type": "Types",
    "property": "Properties",
    "clause": "Clauses",
    "source": "Sources",
    "name": "Names",
}
_SIGNS: Mapping[How, str] = {"added": "+", "removed": "-", "retired": "x", "restored": "+", "changed": "~"}
_COLOURS: Mapping[How, str] = {
    "added": "green",
    "removed": "red",
    "retired": "red",
    "restored": "green",
    "changed": "yellow",
}
_TURNS: Mapping[TurnKind, tuple[str, str]] = {
    "allowed": ("Newly allowed", "red"),
    "failing": ("Newly failing", "yellow"),
    "other": ("Otherwise turned", "bold"),
}
_RETIRE = (
    "removed: retire it instead (`retired: {since: …, why: …}`), so that its id stays known and is not given again"
)


def render(difference: Difference, turns: Turns | None, look: Look) -> str:
    """The whole report; `quiet` leaves out all but what is newly allowed."""
    lines: list[str] = []
    if not look.quiet:
        lines += [*_head(difference, look), *_changes(difference, look)]
    if turns is not None:
        lines += _cases(turns, look)
    return inert("".join(f"{text}\n" for text in lines))


# --- the packs ------------------------------------------------------------------


def _head(difference: Difference, look: Look) -> Iterator[str]:
    one, other = difference.before, difference.after
    versions = f"{one.version} → {other.version}" if one.version != other.version else f"{one.version} in both"
    names = one.id if one.id == other.id else f"{one.id} → {other.id}"
    yield look.paint(line(f"{names} {versions}"), "bold")
    if not difference.changes:
        yield "Nothing changed: the packs say the same."
    elif not difference.judges:
        yield "No verdict can change: only words, sources or the register of clauses did."
    elif difference.needs_version:
        yield look.paint("Verdicts can change, but the version is the same: raise `version` in pack.yaml.", "yellow")


def _changes(difference: Difference, look: Look) -> Iterator[str]:
    for kind in KINDS:
        changes = [change for change in difference.changes if change.kind == kind]
        if changes:
            yield ""
            yield look.paint(_HEADINGS[kind], "bold")
        for group in _alike(changes):
            yield from _group(group, look)


def _alike(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """The changes; those that are the same in several rules of one block together."""
    groups: dict[object, list[Change]] = {}
    for change in changes:
        told = tuple(_body(change)) if change.block else ()
        groups.setdefault((change.block or change.id, change.how, told), []).append(change)
    yield from groups.values()


def _group(group: list[Change], look: Look) -> Iterator[str]:
    first = group[0]
    sign = look.paint(_SIGNS[first.how], _COLOURS[first.how])
    names = line(first.id) if len(group) == 1 else f"{line(first.block or first.id)}: {len(group)} of its rules"
    title = f"  {line(first.title)}" if first.title and len(group) == 1 and first.kind == "rule" else ""
    yield f"{_INDENT}{sign} {look.paint(names, 'bold')}{title}"
    if len(group) > 1:
        yield f"{_INDENT * 3}{', '.join(line(each.id) for each in group)}"
    yield from (f"{_INDENT * 3}{text}" for text in _body(first))


def _body(change: Change) -> Iterator[str]:
    if change.how == "removed" and change.kind == "rule":
        yield _RETIRE
    elif change.note:
        yield line(change.note)
    for part in change.parts:
        if part.judges or change.kind not in ("rule", "reading"):
            yield from _part(part)
    if words := [part.name for part in change.parts if not part.judges and change.kind in ("rule", "reading")]:
        yield f"words only: {', '.join(words)}"


def _part(part: Part) -> Iterator[str]:
    """What a part was and is: on one line where both are short, what a pattern asks field by field."""
    if isinstance(part.before, Pattern) and isinstance(part.after, Pattern):
        yield from _pattern(part.name, part.before, part.after)
        return
    before, after = (None if each is None or each == () else lines_of(each) for each in (part.before, part.after))
    if before is not None and after is not None and len(before) == len(after) == 1:
        yield shown(f"{part.name}: {before[0]} → {after[0]}")
        return
    for sign, lines in (("-", before), ("+", after)):
        for number, text in enumerate(lines or ()):
            yield shown(f"{part.name}: {sign} {text}" if not number else f"{' ' * len(part.name)}    {text}")


def _pattern(name: str, before: Pattern, after: Pattern) -> Iterator[str]:
    old, new = tests_of(before), tests_of(after)
    for field in dict.fromkeys((*old, *new)):
        if old.get(field) != new.get(field):
            yield shown(f"{name}: {after.type}.{field}: {old.get(field, 'anything')} → {new.get(field, 'anything')}")
    if before.reading != after.reading:
        readings = (", ".join(f"{question}: {option}" for question, option in each.reading) for each in (before, after))
        yield shown(f"{name}: {after.type}, part of: {' → '.join(each or 'every reading' for each in readings)}")


# --- cases ----------------------------------------------------------------------


def _cases(turns: Turns, look: Look) -> Iterator[str]:
    kinds: tuple[TurnKind, ...] = ("allowed",) if look.quiet else ("allowed", "failing", "other")
    for kind in kinds:
        cases = turns.of(kind)
        heading, colour = _TURNS[kind]
        if cases:
            yield "" if not look.quiet else f"{heading}:"
            yield from () if look.quiet else (look.paint(heading, "bold", colour),)
        for case in cases:
            yield from _case(case)
    if not look.quiet:
        allowed, failing, other = (len(turns.of(kind)) for kind in kinds)
        yield ""
        yield (
            f"{turns.judged} {'case' if turns.judged == 1 else 'cases'} judged by both: "
            f"{allowed} newly allowed, {failing} newly failing, {other} turned otherwise."
        )


def _case(case: CaseTurn) -> Iterator[str]:
    told = f"{case.before} → {case.after}" if case.before != case.after else f"{case.after} by both"
    yield f"{_INDENT}{line(case.case)}: {told}"
    yield from (f"{_INDENT * 2}{line(str(problem))}" for problem in case.problems)
    yield from (f"{_INDENT * 2}{_turn(turn)}" for turn in case.turns)


def _turn(turn: Turn) -> str:
    subject = f"{line(turn.rule)}@{line(turn.about)}" if turn.rule else line(turn.about)
    return f"{subject}: {turn.before} → {turn.after}"
