"""Rules to be read: the list of a pack's rules, plain, by what they rest on or by words, and the page of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checker.model import BASES, Pack, Retired, Rule, text_in
from checker.report import words
from checker.report.entry import Entry
from checker.report.phrase import Phrase, plain
from checker.report.rule_search import Hit
from checker.speech import ENGLISH, Speech
from checker.terminal import Look, columns, line, shown, wrap

_INDENT = "  "


def overview(pack: Pack, look: Look, speech: Speech = ENGLISH) -> str:
    """Every rule on a line: id, severity, basis, title; definitions and permissions by their kind."""
    rows = [_line_of(rule, speech) for rule in pack.rules.values()]
    lines = [_head(pack, look, speech), "", *_padded(rows), "", *_gone(tuple(pack.retired.values()), look, speech)]
    return "".join(f"{text}\n" for text in [*lines, _foot(pack, speech)])


def found(pack: Pack, hits: Sequence[Hit], retired: Sequence[Retired], look: Look, speech: Speech = ENGLISH) -> str:
    """The rules that a search found, each with the texts in which the words stand that its line does not show."""
    lines = [_head(pack, look, speech), ""]
    told: tuple[str, ...] = ()
    for row, hit in zip(_padded([_line_of(hit.rule, speech) for hit in hits]), hits, strict=True):
        where = () if hit.where == told else hit.where  # the rules of a block have their ground in common
        lines += [row, *(f"{_INDENT * 2}{text}" for each in where for text in wrap(line(each), look.width - 4))]
        told = hit.where
    lines += ["", *_gone(retired, look, speech)] if hits else _gone(retired, look, speech)
    many = len(hits) + len(retired)
    lines.append(speech.many("{number} rule found.", "{number} rules found.", many))
    return "".join(f"{text}\n" for text in lines)


def _line_of(rule: Rule, speech: Speech) -> tuple[str, ...]:
    return rule.id, weight(rule), rule.basis, text_in(rule.title, speech.language)


def _gone(retired: Sequence[Retired], look: Look, speech: Speech) -> list[str]:
    if not retired:
        return []
    rows = [(each.id, str(each.since), text_in(each.title, speech.language)) for each in retired]
    return [look.paint(speech.say("No longer judged, since:"), "bold"), *_padded(rows), ""]


def tombstone(retired: Retired, look: Look, speech: Speech = ENGLISH) -> str:
    """The page of a retired rule: what it was, since when it is judged no longer, and why."""
    title, why = (text_in(words_, speech.language) for words_ in (retired.title, retired.why))
    told = speech.say("Not judged since {day}: {why}", day=str(retired.since), why=why)
    place = speech.say("Written at:")
    lines = [f"{look.paint(line(retired.id), 'bold')}: {line(title)}", "", *wrap(line(told), look.width)]
    return "".join(f"{text}\n" for text in [*lines, f"{look.paint(place, 'bold')} {line(str(retired.place))}"])


def by_basis(pack: Pack, look: Look, speech: Speech = ENGLISH) -> str:
    """The rules in groups by basis, the strongest first; over each what the basis is worth, and how many rest on it."""
    rules = pack.rules.values()
    rows = [(f"{_INDENT}{rule.id}", weight(rule), text_in(rule.title, speech.language)) for rule in rules]
    told = dict(zip(pack.rules, _padded(rows), strict=True))  # padded together, so that the columns of groups agree
    lines = [_head(pack, look, speech)]
    for basis in BASES:
        if group := [rule.id for rule in rules if rule.basis == basis]:
            worth, count = (
                words.basis_in_words(basis, speech),
                speech.many("{number} rule", "{number} rules", len(group)),
            )
            heading = wrap(speech.say("{basis} ({rules})", basis=worth, rules=count), look.width)
            lines += ["", *(look.paint(text, "bold") for text in heading), *(told[name] for name in group)]
    return "".join(f"{text}\n" for text in [*lines, "", _foot(pack, speech)])


def _head(pack: Pack, look: Look, speech: Speech) -> str:
    return look.paint(line(f"{text_in(pack.title, speech.language)} ({pack.id} {pack.version})"), "bold")


def _foot(pack: Pack, speech: Speech) -> str:
    uncovered = sum(clause.encoded in ("no", "judgement") for clause in pack.clauses.values())
    count = speech.many("{number} rule", "{number} rules", len(pack.rules))
    return speech.say("{rules}; {covered}.", rules=count, covered=words.uncovered(len(pack.clauses), uncovered, speech))


def _padded(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Each row on a line, its cells under one another; the last one, the title, runs on."""
    widths = [max(map(columns, column)) for column in tuple(zip(*rows, strict=True))[:-1]]
    for *cells, title in rows:
        padded = (shown(cell) + " " * (width - columns(cell)) for cell, width in zip(cells, widths, strict=True))
        yield _INDENT.join((*padded, line(title)))


def weight(rule: Rule) -> str:
    """How bad its breach is, or the keyword of a rule that can't be broken."""
    return rule.severity if rule.mode in ("needs", "owes", "forbids") else rule.mode


def page(entry: Entry, look: Look, speech: Speech = ENGLISH) -> str:
    """All there is to know of a rule: its ground, its text, who else is concerned, the tests that bear on it."""
    lines = [f"{look.paint(line(entry.rule.id), 'bold')}: {line(entry.title)}", ""]
    wide = 1 + max(columns(label) for label, _ in entry.ground)
    for label, told in entry.ground:
        first, *others = wrap(line(plain(told)), look.width - wide)
        lines.append(look.paint(label, "bold") + " " * (wide - columns(label)) + first)
        lines += [" " * wide + each for each in others]
    if entry.written:
        lines += ["", look.paint(speech.say("The block as it is written:"), "bold"), *map(shown, entry.written)]
        lines += ["", look.paint(speech.say("The rule of its name, written out:"), "bold")]
    lines += [*map(shown, entry.text)] if entry.written else ["", *map(shown, entry.text)]
    for section in entry.sections:
        lines += ["", look.paint(section.heading, "bold"), *(text for row in section.rows for text in _row(row, look))]
    if not entry.named:
        lines += ["", speech.say("No test and no example names it.")]
    return "".join(f"{text}\n" for text in lines)


def _row(row: Phrase, look: Look) -> Iterator[str]:
    first, *others = wrap(line(plain(row)), look.width - 2 * len(_INDENT))
    yield f"{_INDENT}{first}"
    yield from (f"{_INDENT * 2}{each}" for each in others)
