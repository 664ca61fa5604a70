"""The command `rules`: what a pack holds, and on what ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from checker.commands.flags import ColourFlag, LanguageFlag, PackFlag, language_of, look_of, one_of, pack_of
from checker.commands.written import put

if TYPE_CHECKING:
    from checker.model import Pack
    from checker.terminal import Look


def command(
    rule: Annotated[
        str | None, typer.Argument(metavar="[RULE]", help="A rule's id, such as notice.termination.")
    ] = None,
    *,
    by_basis: Annotated[
        bool, typer.Option("--by-basis", help="Group the list by what rules rest on, the strongest first.")
    ] = False,
    expanded: Annotated[
        bool, typer.Option("--expanded", help="Write out what the block of this id stands for, in the core language.")
    ] = False,
    pack: PackFlag = None,
    lang: LanguageFlag = None,
    color: ColourFlag = "auto",
) -> int:
    """List the rules of a pack, or show one with its ground."""
    look = look_of(color)
    from checker.errors import UsageError
    from checker.report import rulebook
    from checker.speech import speech

    spoken = speech(language_of(lang))
    if rule is not None and by_basis:
        message = "`--by-basis` groups the list of all rules; leave out the rule, or the flag"
        raise UsageError(message)
    read = pack_of(pack)
    if expanded:
        put(_expanded(read, rule, look))
    elif rule is None:
        put(rulebook.by_basis(read, look, spoken) if by_basis else rulebook.overview(read, look, spoken))
    else:
        put(rulebook.page(read.rules[one_of(read.rules, rule, "rules", listed=False)], read, look, spoken))
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
