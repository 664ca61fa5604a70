"""The command `graph`: the rules of a pack drawn, and what a case made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from checker.commands.flags import LanguageFlag, language_of, one_of, option, pack_of
from checker.commands.saving import save
from checker.commands.written import tell
from checker.exits import NO_ANSWER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from checker.graph import Graph
    from checker.model import Pack
    from checker.outputs import Output
    from checker.speech import Speech
    from checker.verdict import Finding

FORMATS = ("mermaid", "dot", "svg")


def command(  # noqa: PLR0913 - one parameter for each flag
    pack: Annotated[str | None, typer.Argument(metavar="[PACK]", help="A shipped pack's name, or a folder.")] = None,
    *,
    rule: Annotated[
        str | None, option("--rule", "RULE", "Only this rule, what it looks at, and what looks at what it makes.")
    ] = None,
    case: Annotated[str | None, option("--case", "FILE", "Highlight what the findings of this case rest on.")] = None,
    finding: Annotated[
        str | None, option("--finding", "RULE", "With --case: only the findings of this rule or block.")
    ] = None,
    path_only: Annotated[
        bool, typer.Option("--path-only", help="With --case: leave out what is not highlighted.")
    ] = False,
    group: Annotated[str, option("--group", "BY", "What gets a box of its own: clause, family or file.")] = "clause",
    as_of: Annotated[str | None, option("--as-of", "DAY", "The day of judging; else the case's, else today.")] = None,
    output: Annotated[
        list[str] | None,
        typer.Option("--output", "-o", metavar="FORMAT[=PATH]", help="mermaid, dot or svg. Repeatable."),
    ] = None,
    lang: LanguageFlag = None,
) -> int:
    """Draw the rules of a pack: which facts go into each, which come out of it, and what stands in whose way."""
    from checker.graph import GROUPINGS, around, lit_only
    from checker.outputs import parse_outputs, refuse_inputs
    from checker.speech import speech

    outputs = parse_outputs(output or ["mermaid"], FORMATS)
    refuse_inputs(outputs, [case])
    one_of(GROUPINGS, group, "--group")
    _refuse_idle(case, {"--finding": finding, "--path-only": path_only, "--as-of": as_of})
    _refuse_undrawable(outputs)
    spoken = speech("en" if lang is None else language_of(lang))
    read, findings = _judged(pack, case, as_of, finding, spoken.language)
    drawn = _graph(read, group, findings, spoken.language)
    if rule is not None:
        drawn = around(drawn, _rule(read, rule))
    if path_only:
        drawn = lit_only(drawn)
    saved = [save(each, _told(drawn, each.format, spoken)) for each in outputs]
    return 0 if all(saved) else NO_ANSWER


def _refuse_idle(case: str | None, given: Mapping[str, object]) -> None:
    """What is about a case needs one."""
    from checker.errors import UsageError

    for flag, value in given.items():
        if value and case is None:
            message = f"`{flag}` is about a case: name one with `--case FILE`"
            raise UsageError(message)


def _refuse_undrawable(outputs: Iterable[Output]) -> None:
    """Say what is not installed before anything is written."""
    from checker.errors import UsageError
    from checker.report.graph_svg import MISSING, available

    if any(each.format == "svg" for each in outputs) and not available():
        raise UsageError(MISSING)


def _judged(
    pack: str | None, case: str | None, as_of: str | None, finding: str | None, language: str
) -> tuple[Pack, tuple[Finding, ...] | None]:
    """The pack, and the findings of the case; None where no case is asked for."""
    from checker.options import DEFAULT_PACK

    if case is None:
        return pack_of(pack), None
    from pathlib import Path

    from checker import api
    from checker.case import agreement_of
    from checker.errors import CaseError
    from checker.load import load_file

    document = load_file(case, error=CaseError)[0]
    opened = api.load_pack(pack or agreement_of(document) or DEFAULT_PACK)
    findings = api.check(Path(case), opened, as_of=as_of, lang=language, remedies=False).findings
    return opened.pack, _chosen(findings, finding, case)


def _chosen(findings: tuple[Finding, ...], wanted: str | None, case: str) -> tuple[Finding, ...]:
    """The findings of one rule or of one block, where one is named."""
    from checker.errors import UsageError, nearest, quoted
    from checker.judging import names

    kept = tuple(each for each in findings if wanted is None or names(wanted, each.rule))
    if wanted is not None and not kept:
        known = sorted({each.rule for each in findings})
        hint = nearest(wanted, known) or f"; it has findings of {', '.join(known) or 'no rule'}"
        message = f"--finding: {quoted(case)} has no finding of {quoted(wanted)}{hint}"
        raise UsageError(message)
    return kept


def _graph(pack: Pack, group: str, findings: tuple[Finding, ...] | None, language: str) -> Graph:
    from checker.graph import graph_of, lit

    drawn = graph_of(pack, language, group)
    return drawn if findings is None else lit(drawn, findings)


def _rule(pack: Pack, name: str) -> str:
    from checker.errors import UsageError
    from checker.retirement import retired_as

    if name not in pack.rules and (told := retired_as(name, pack.retired)):
        raise UsageError(told)
    return one_of(pack.rules, name, "--rule", listed=False)


def _told(graph: Graph, form: str, speech: Speech) -> str:
    if form == "svg":
        from checker.report import graph_svg

        return graph_svg.render(graph, speech)
    if form == "dot":
        from checker.report import graph_dot

        return graph_dot.render(graph, speech)
    from checker.report import graph_mermaid as mermaid

    told = mermaid.render(graph, speech)
    if mermaid.too_much(told, graph):
        limits = f"{mermaid.MOST_ARROWS} arrows, {mermaid.MOST_LETTERS} letters"
        tell(f"Mermaid draws no graph as large as this unless its limits are raised ({limits}); `--rule` shows a part")
    return told
