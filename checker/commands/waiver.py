"""The command `waiver`: findings somebody answers for until a day, added to their file and looked over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from checker.commands.flags import PackFlag, one_of, option, pack_of
from checker.commands.saving import write_or_refuse
from checker.commands.written import put, tell
from checker.exits import FAILED, PASSED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checker.dates import Date
    from checker.waivers import Match, Waiver

_WHAT = ("add", "list", "prune")


def command(  # noqa: PLR0913 - one parameter for each flag
    what: Annotated[
        str, typer.Argument(metavar="add|list|prune", help="Add one, list all, or take out those that have ended.")
    ],
    waivers: Annotated[
        str | None,
        typer.Argument(metavar="[FILE]", help="The file; else the one that is set, else servanda-waivers.yaml."),
    ] = None,
    *,
    name: Annotated[str | None, option("--id", "ID", "add: what it is called in reports.")] = None,
    rule: Annotated[str | None, option("--rule", "RULE", "add: the rule whose findings may stand.")] = None,
    case: Annotated[
        str | None, option("--case", "GLOB", "add: in which cases, seen from the file's folder; * passes over / too.")
    ] = None,
    action: Annotated[str | None, option("--action", "ID", "add: of which action.")] = None,
    binding: Annotated[
        list[str] | None, option("--binding", "NAME=VALUE", "add: with which value of a variable. Repeatable.")
    ] = None,
    fingerprint: Annotated[
        str | None, option("--fingerprint", "HEX", "add: which finding, as `fingerprint` in the JSON report.")
    ] = None,
    reason: Annotated[str | None, option("--reason", "TEXT", "add: why it may stand.")] = None,
    approver: Annotated[str | None, option("--approver", "NAME", "add: who answers for it.")] = None,
    created: Annotated[str | None, option("--created", "DAY", "add: from which day on; today.")] = None,
    expires: Annotated[str | None, option("--expires", "DAY", "add: it ends at 00:00 UTC of this day.")] = None,
    pack: PackFlag = None,
    soon: Annotated[
        int, typer.Option("--soon", min=0, metavar="DAYS", help="list: what ends soon has so few days left.")
    ] = 30,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="list: fail where one has ended or ends soon; prune: where the file would change."
        ),
    ] = False,
) -> int:
    """Add a waiver to its file, list which stand and for how long, or take out those that have ended.

    Nothing else in the file changes, comments neither. Exit status: 0; with --check 1, where something is to be done;
    2, where the file can't be read or written.
    """
    from checker import api
    from checker.waivers import FILE

    path, day = waivers or FILE, api.day_of_judging()
    asked = one_of(_WHAT, what, "waiver")
    stated = {"--id": name, "--rule": rule, "--reason": reason, "--approver": approver, "--expires": expires}
    told = {flag: value for flag, value in (*stated.items(), ("--created", created)) if value is not None}
    matching = {"--case": case, "--action": action, "--binding": binding or None, "--fingerprint": fingerprint}
    if asked != "add":
        _refuse(asked, [*told, *(flag for flag, value in matching.items() if value is not None)])
        status = _list(path, day, soon, check=check) if asked == "list" else _prune(path, day, check=check)
        _note_unused(path)
        return status
    _refuse(asked, ["--check"] if check else [])
    match = _match(case, action, binding or [], fingerprint)
    missing = [flag for flag in stated if flag not in told]
    if not any(match):
        missing.append(f"at least one of {', '.join(matching)}")
    _refuse_missing(missing)
    status = _add(path, _waiver(path, told, match, day, pack))
    _note_unused(path)
    return status


def _note_unused(path: str) -> None:
    """Say that `check` does not take the file by itself, where no settings name it."""
    import os
    from pathlib import Path

    from checker.errors import printable
    from checker.settings import effective

    known = next(each.value for each in effective(os.environ, Path.cwd()) if each.setting.name == "waivers")
    if not isinstance(known, str) or os.path.realpath(known) != os.path.realpath(path):
        tell(f"`check` passes {printable(path)} over, unless `--waivers` or the settings name it")


def _refuse(what: str, flags: list[str]) -> None:
    from checker.errors import UsageError

    if flags:
        message = f"`waiver {what}` takes no {' and no '.join(flags)}"
        raise UsageError(message)


def _refuse_missing(parts: list[str]) -> None:
    from checker.errors import UsageError

    if parts:
        message = f"a waiver states everything that an auditor asks; say {', '.join(parts)}"
        raise UsageError(message)


# --- add ----------------------------------------------------------------------


def _match(case: str | None, action: str | None, bindings: list[str], fingerprint: str | None) -> Match:
    from checker.errors import UsageError, quoted
    from checker.waivers import Match

    bound: dict[str, str] = {}
    for spelt in bindings:
        variable, equals, value = spelt.partition("=")
        if not (variable and equals and value) or variable in bound:
            why = "is there twice" if variable in bound else "is not of the form NAME=VALUE"
            message = f"--binding: {quoted(spelt)} {why}"
            raise UsageError(message)
        bound[_exact("--binding", variable)] = _exact("--binding", value)
    return Match(
        None if case is None else _exact("--case", case),
        None if action is None else _exact("--action", action),
        tuple(bound.items()),
        None if fingerprint is None else _exact("--fingerprint", fingerprint),
    )


def _waiver(path: str, flags: dict[str, str], match: Match, day: Date, pack: str | None) -> Waiver:
    """The waiver that the flags state, none of which is missing; UsageError for what can't be one."""
    from checker.errors import Place, UsageError, nearest, quoted
    from checker.waivers import Waiver

    told = {flag: _line(flag, value) for flag, value in flags.items()}
    first = _day("--created", told["--created"]) if "--created" in told else day
    last = _day("--expires", told["--expires"])
    if last <= max(first, day):
        begin = "the day it is created" if first > day else "today, and would cover nothing"
        message = f"--expires: {quoted(last)} is not after {quoted(max(first, day))}, {begin}"
        raise UsageError(message)
    opened, rule = pack_of(pack), told["--rule"]
    if rule not in opened.rules and not any(each.startswith(f"{rule}/") for each in opened.rules):
        hint = nearest(rule, opened.rules) or "; `--pack` names another pack"
        message = f"--rule: {quoted(opened.id)} has no rule {quoted(rule)}{hint}"
        raise UsageError(message)
    return Waiver(told["--id"], rule, match, told["--reason"], told["--approver"], first, last, Place(path))


def _day(flag: str, text: str) -> Date:
    from checker import api
    from checker.errors import UsageError

    try:
        return api.day_of(text)
    except UsageError as error:
        message = f"{flag}: {error}"
        raise UsageError(message) from None


def _line(flag: str, text: str) -> str:
    """A text for people, on one line; UsageError where nothing is left of it, or what is left can't be shown."""
    return _exact(flag, " ".join(text.split()))


def _exact(flag: str, text: str) -> str:
    """A text to the letter, as what must match is; UsageError where it is empty or can't be shown as it is."""
    from checker.errors import UsageError, quoted

    if text and text.isprintable():
        return text
    message = f"{flag}: {f'{quoted(text)} holds what does not print' if text else 'it is empty'}"
    raise UsageError(message)


def _add(path: str, waiver: Waiver) -> int:
    from pathlib import Path

    from checker.errors import printable
    from checker.suppressions import content_of
    from checker.waiver_file import added
    from checker.waivers import WaiversError

    before = content_of(path, WaiversError) if Path(path).exists() else None
    write_or_refuse(path, added(before, path, waiver))
    put(f"{printable(path)}: {waiver.id} lets {waiver.rule} stand to {waiver.expires}, when it ends\n")
    return PASSED


# --- list and prune -----------------------------------------------------------


def _list(path: str, day: Date, soon: int, *, check: bool) -> int:
    from checker.errors import printable
    from checker.suppressions import content_of
    from checker.waiver_file import term_of
    from checker.waivers import WaiversError, read_waivers

    waivers = sorted(read_waivers(content_of(path, WaiversError), path), key=lambda each: (each.expires, each.place))
    terms = [term_of(each, day, soon) for each in waivers]
    told = (f"{each.place}: {_told(each, term.state, term.left)}" for each, term in zip(waivers, terms, strict=True))
    put("".join(f"{printable(text)}\n" for text in (*told, f"{path}: {_counted([each.state for each in terms])}")))
    return FAILED if check and {"ended", "soon"} & {each.state for each in terms} else PASSED


def _told(waiver: Waiver, state: str, left: int) -> str:
    """A waiver on a line: how it stands, what for, who answers for it and why."""
    from checker.terminal import line

    days = f"{left} day{'' if left == 1 else 's'} left, ends {waiver.expires}"
    stands = {
        "stands": f"stands, {days}",
        "soon": f"ends soon, {days}",
        "ended": f"ended {waiver.expires}",
        "later": f"begins {waiver.created}, ends {waiver.expires}",
    }[state]
    answers = line(f"{waiver.approver}: {waiver.reason}")
    return f"{waiver.id}: {stands}: {', '.join((waiver.rule, *_for(waiver.match)))} ({answers})"


def _for(match: Match) -> Iterator[str]:
    if match.case is not None:
        yield f"case {match.case}"
    if match.action is not None:
        yield f"action {match.action}"
    yield from (f"{name}={value}" for name, value in match.bindings)
    if match.fingerprint is not None:
        yield f"fingerprint {match.fingerprint}"


def _counted(states: list[str]) -> str:
    """`3 waivers: 1 stands, 2 have ended`."""
    words = {
        "stands": ("stands", "stand"),
        "soon": ("ends soon", "end soon"),
        "ended": ("has ended", "have ended"),
        "later": ("begins later", "begin later"),
    }
    counts = ((states.count(state), forms) for state, forms in words.items())
    told = ", ".join(f"{count} {one if count == 1 else many}" for count, (one, many) in counts if count)
    return f"{len(states)} waiver{'' if len(states) == 1 else 's'}{': ' if told else ''}{told}"


def _prune(path: str, day: Date, *, check: bool) -> int:
    from checker.errors import printable
    from checker.suppressions import content_of
    from checker.waiver_file import pruned
    from checker.waivers import WaiversError

    after, gone = pruned(content_of(path, WaiversError), path, day)
    if gone and not check:
        write_or_refuse(path, after)
    verb = "to be taken out" if check else "taken out"
    for each in gone:
        put(f"{printable(path)}: {printable(each.id)} ended {each.expires}: {verb}\n")
    if not gone:
        tell(f"{path}: none has ended")
    return FAILED if gone and check else PASSED
