"""The command `rules`: what a pack holds, and on what ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from checker.commands.flags import ColourFlag, LanguageFlag, PackFlag, language_of, look_of, one_of, option, pack_of
from checker.commands.saving import save
from checker.commands.written import put, tell
from checker.exits import NO_ANSWER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checker.model import Pack
    from checker.speech import Speech
    from checker.terminal import Look

FORMATS = ("text", "markdown", "json")

# What does not go together: a flag, and the others that it leaves no room for.
_ALONE = {
    "--html": ("RULE", "--search", "--by-basis", "--expanded", "--output"),
    "--by-basis": ("RULE", "--search", "--expanded", "--output"),
    "--expanded": ("--search", "--output"),
    "--search": ("RULE",),
}


def command(  # noqa: PLR0913 - one parameter for each flag
    rule: Annotated[
        str | None, typer.Argument(metavar="[RULE]", help="A rule's id, such as notice.termination.")
    ] = None,
    *,
    search: Annotated[
        str | None, option("--search", "WORDS", "Only rules in whose ids, titles, texts or sources every word stands.")
    ] = None,
    by_basis: Annotated[
        bool, typer.Option("--by-basis", help="Group the list by what rules rest on, the strongest first.")
    ] = False,
    expanded: Annotated[
        bool, typer.Option("--expanded", help="Write out what the block of this id stands for, in the core language.")
    ] = False,
    html: Annotated[
        str | None, option("--html", "FOLDER", "Write the pack as a web site that needs no server and no network.")
    ] = None,
    output: Annotated[
        list[str] | None,
        typer.Option("--output", "-o", metavar="FORMAT[=PATH]", help="text, markdown or json. Repeatable."),
    ] = None,
    pack: PackFlag = None,
    lang: LanguageFlag = None,
    color: ColourFlag = "auto",
) -> int:
    """List the rules of a pack, search them, show one with its ground, or make a web site of them."""
    look = look_of(color)
    from checker.outputs import parse_outputs
    from checker.speech import speech

    given = {"RULE": rule, "--search": search, "--by-basis": by_basis, "--expanded": expanded, "--html": html}
    _refuse_together({**given, "--output": output})
    outputs = parse_outputs(output or [], FORMATS)
    spoken = speech(language_of(lang))
    read = pack_of(pack)
    if rule is not None and not expanded:
        one_of([*read.rules, *read.retired], rule, "rules", listed=False)
    if html is not None:
        return _site(read, html, spoken)
    if expanded:
        put(_expanded(read, rule, look))
        return 0
    if by_basis:
        from checker.report import rulebook

        put(rulebook.by_basis(read, look, spoken))
        return 0
    done = True
    for each in outputs:
        fitting = look if each.path is None else look.plain()
        tongue = spoken if lang or each.format != "json" else speech("en")
        if rule is None:
            done &= save(each, _list(read, search, each.format, fitting, tongue))
        else:
            done &= save(each, _page(read, rule, each.format, fitting, tongue))
    return 0 if done else NO_ANSWER


def _refuse_together(given: Mapping[str, object]) -> None:
    from checker.errors import UsageError

    for flag, others in _ALONE.items():
        for other in others if given[flag] else ():
            if given[other]:
                message = f"`{flag}` and `{other}` don't go together; leave one of them out"
                raise UsageError(message)


def _list(pack: Pack, wanted: str | None, form: str, look: Look, speech: Speech) -> str:
    """All the rules, or those that a search finds."""
    from checker.report import rulebook, rulebook_json, rulebook_markdown
    from checker.report.rule_search import search, search_retired

    if wanted is None and form == "text":
        return rulebook.overview(pack, look, speech)
    hits, retired = search(pack, wanted or "", speech), search_retired(pack, wanted or "", speech)
    rules = [hit.rule for hit in hits]
    if form == "text":
        return rulebook.found(pack, hits, retired, look, speech)
    if form == "markdown":
        return rulebook_markdown.overview(pack, rules, retired, speech)
    from checker.relations import relations

    related = relations(pack)
    told = [rulebook_json.rule(each, related[each.id], speech.language) for each in rules]
    return rulebook_json.render(pack, told, retired, speech.language)


def _page(pack: Pack, name: str, form: str, look: Look, speech: Speech) -> str:
    """The page of one rule, or the few words about one that is no longer judged."""
    from checker.report import rulebook, rulebook_json, rulebook_markdown

    if gone := pack.retired.get(name):
        if form == "json":
            return rulebook_json.render(pack, [], [gone], speech.language)
        if form == "markdown":
            return rulebook_markdown.overview(pack, [], [gone], speech)
        return rulebook.tombstone(gone, look, speech)
    from checker.evidence import evidence
    from checker.excerpt import excerpts
    from checker.relations import relations
    from checker.report.entry import Known, entry

    rule = pack.rules[name]
    known = Known(relations(pack)[name], evidence(pack, [name])[name], excerpts(pack).get(name, ()))
    if form == "json":
        told = rulebook_json.page(rule, pack, known, speech.language)
        return rulebook_json.render(pack, [told], [], speech.language)
    if form == "markdown":
        return rulebook_markdown.page(entry(rule, pack, known, speech, most=None), pack, speech)
    return rulebook.page(entry(rule, pack, known, speech), look, speech)


def _site(pack: Pack, folder: str, speech: Speech) -> int:
    """The web site of a pack in a folder."""
    from checker.evidence import evidence
    from checker.excerpt import excerpts
    from checker.folder import write_folder
    from checker.outputs import reason
    from checker.relations import relations
    from checker.report import graph_svg, site
    from checker.report.entry import Known

    draws, related = graph_svg.available(), relations(pack)
    exhibits, written = evidence(pack, pack.rules), excerpts(pack)
    known = {name: Known(related[name], exhibits[name], written.get(name, ())) for name in pack.rules}
    told = site.pages(pack, known, speech, draws=draws)
    try:
        write_folder(folder, told)
    except OSError as error:
        tell(f"can't write {folder}: {reason(error)}")
        return NO_ANSWER
    if not draws:
        tell(f"the site has no drawings: {graph_svg.MISSING}")
    return 0


def _expanded(pack: Pack, rule: str | None, look: Look) -> str:
    """The expansion of a block, named by its own id or that of one of its elements."""
    from checker.errors import UsageError
    from checker.report.expansion import blocks, expansion

    known = blocks(pack)
    if rule is None:
        message = f"`--expanded` needs the id of a block: {', '.join(known) or 'this pack has none'}"
        raise UsageError(message)
    return expansion(one_of(known, rule.partition("/")[0], "rules --expanded"), pack, look)
