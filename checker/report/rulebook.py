"""Rules to be read: the list of a pack's rules, plain or by what they rest on, and the page of one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from checker.messages import listed
from checker.model import BASES, Pack, Question, Rule, text_in
from checker.report import words
from checker.report.spelling import questions_of, spelling
from checker.speech import ENGLISH, Speech, noted
from checker.terminal import Look, columns, line, shown, wrap

_INDENT = "  "
_LABELS = {
    "clause": noted("Clause:"),
    "source": noted("Source:"),
    "basis": noted("Basis:"),
    "kind": noted("Kind:"),
    "reading": noted("Reading:"),
    "yields": noted("Yields to:"),
    "place": noted("Written at:"),
}
_KINDS = {
    "needs": noted("a condition of the act"),
    "owes": noted("a duty"),
    "forbids": noted("a prohibition"),
    "permits": noted("a permission"),
    "means": noted("a definition"),
}


def overview(pack: Pack, look: Look, speech: Speech = ENGLISH) -> str:
    """Every rule on a line: id, severity, basis, title; definitions and permissions by their kind."""
    titles = (text_in(rule.title, speech.language) for rule in pack.rules.values())
    rows = [
        (rule.id, _weight(rule), rule.basis, title) for rule, title in zip(pack.rules.values(), titles, strict=True)
    ]
    lines = [_head(pack, look, speech), "", *_padded(rows), "", _foot(pack, speech)]
    return "".join(f"{text}\n" for text in lines)


def by_basis(pack: Pack, look: Look, speech: Speech = ENGLISH) -> str:
    """The rules in groups by basis, the strongest first; over each what the basis is worth, and how many rest on it."""
    rules = pack.rules.values()
    rows = [(f"{_INDENT}{rule.id}", _weight(rule), text_in(rule.title, speech.language)) for rule in rules]
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
    widths = [max(map(columns, column)) for column in list(zip(*rows, strict=True))[:-1]]
    for *cells, title in rows:
        padded = (shown(cell) + " " * (width - columns(cell)) for cell, width in zip(cells, widths, strict=True))
        yield _INDENT.join((*padded, line(title)))


def _weight(rule: Rule) -> str:
    return rule.severity if rule.mode in ("needs", "owes", "forbids") else rule.mode


def page(rule: Rule, pack: Pack, look: Look, speech: Speech = ENGLISH) -> str:
    """All there is to know of a rule: its ground, its text, who else is concerned, the tests that name it."""
    lines = [f"{look.paint(line(rule.id), 'bold')}: {line(text_in(rule.title, speech.language))}", ""]
    labels = {name: speech.say(label) for name, label in _LABELS.items()}
    wide = 1 + max(map(columns, labels.values()))
    for name, text in _ground(rule, pack, speech):
        first, *others = wrap(line(text), look.width - wide)
        lines.append(look.paint(labels[name], "bold") + " " * (wide - columns(labels[name])) + first)
        lines += [" " * wide + each for each in others]
    lines += ["", *map(shown, spelling(rule))]
    if tests := list(tests_naming(rule.id, pack)):
        lines += [
            "",
            look.paint(speech.say("Tests and examples that name it:"), "bold"),
            *(f"{_INDENT}{line(each)}" for each in tests),
        ]
    else:
        lines += ["", speech.say("No test and no example names it.")]
    return "".join(f"{text}\n" for text in lines)


def _ground(rule: Rule, pack: Pack, speech: Speech) -> Iterator[tuple[str, str]]:
    if rule.clause is not None and (clause := pack.clauses.get(rule.clause)):
        yield "clause", words.clause_alone(clause, speech)
    for cite in rule.cites:
        source = pack.sources.get(cite.source)
        told = f"{cite.source}, {source.title}" if source else cite.source
        yield "source", speech.say("{source}: “{quote}”", source=told, quote=cite.quote) if cite.quote else told
    yield "basis", speech.say("{basis}.", basis=words.basis_in_words(rule.basis, speech))
    yield "kind", _kind(rule, speech)
    for question in questions_of(rule):
        asked = pack.readings.get(question)
        yield "reading", _reading(asked, speech) if asked else question
    if displaced := [each.id for each in pack.rules.values() if rule.id in (*each.overrides, *each.instead_of)]:
        yield "yields", listed(displaced, speech)
    yield "place", str(rule.place)


def _reading(asked: Question, speech: Speech) -> str:
    words_ = {"question": asked.id, "ask": text_in(asked.ask, speech.language), "default": asked.default}
    return speech.say("{question}: {ask} By default: {default}.", **words_)


def _kind(rule: Rule, speech: Speech) -> str:
    kind = speech.say(_KINDS[rule.mode])
    if rule.mode in ("permits", "means"):
        return kind
    if rule.if_not == "no-effect":
        return speech.say(
            "{kind}; unmet, the act has no effect; severity {severity}", kind=kind, severity=rule.severity
        )
    return speech.say("{kind}; unmet, it is a breach; severity {severity}", kind=kind, severity=rule.severity)


def tests_naming(rule: str, pack: Pack) -> Iterator[str]:
    """Files of the pack's `tests` and of `examples` two folders up in which the id stands, with the first line."""
    name = re.compile(rf"(?<![\w.-]){re.escape(rule)}(?![\w.-]|\.\w)")
    folder = Path(pack.folder)
    for place in (folder / "tests", folder.parent.parent / "examples"):
        for path in sorted(place.rglob("*.yaml")):
            for number, text in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
                if name.search(text):
                    yield f"{path}:{number}"
                    break
