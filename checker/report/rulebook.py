"""Rules to be read: the list of a pack's rules, and the page of one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from checker.model import Pack, Rule, text_in
from checker.report import words
from checker.report.spelling import questions_of, spelling
from checker.terminal import Look, columns, line, shown, wrap

_LABEL = 12
_INDENT = "  "


def overview(pack: Pack, look: Look) -> str:
    """Every rule on a line: id, severity, basis, title; definitions and permissions by their kind."""
    rows = [(rule.id, _weight(rule), rule.basis, text_in(rule.title, "en")) for rule in pack.rules.values()]
    widths = [max((columns(row[n]) for row in rows), default=0) for n in range(3)]
    lines = [look.paint(line(f"{text_in(pack.title, 'en')} ({pack.id} {pack.version})"), "bold"), ""]
    for row in rows:
        cells = (line(cell) + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=False))
        lines.append(f"{_INDENT.join(cells)}{_INDENT}{line(row[3])}")
    uncovered = sum(clause.encoded in ("no", "judgement") for clause in pack.clauses.values())
    lines += ["", f"{words.plural(len(rows), 'rule')}; {words.uncovered(len(pack.clauses), uncovered)}."]
    return "".join(f"{text}\n" for text in lines)


def _weight(rule: Rule) -> str:
    return rule.severity if rule.mode in ("needs", "owes", "forbids") else rule.mode


def page(rule: Rule, pack: Pack, look: Look) -> str:
    """All there is to know of a rule: its ground, its text, who else is concerned, the tests that name it."""
    lines = [f"{look.paint(line(rule.id), 'bold')}: {line(text_in(rule.title, 'en'))}", ""]
    for label, text in _ground(rule, pack):
        first, *others = wrap(line(text), look.width - _LABEL)
        lines.append(look.paint(f"{label}:", "bold") + " " * (_LABEL - len(label) - 1) + first)
        lines += [" " * _LABEL + each for each in others]
    lines += ["", *map(shown, spelling(rule))]
    if tests := list(tests_naming(rule.id, pack)):
        lines += [
            "",
            look.paint("Tests and examples that name it:", "bold"),
            *(f"{_INDENT}{line(each)}" for each in tests),
        ]
    else:
        lines += ["", "No test and no example names it."]
    return "".join(f"{text}\n" for text in lines)


def _ground(rule: Rule, pack: Pack) -> Iterator[tuple[str, str]]:
    if rule.clause is not None and (clause := pack.clauses.get(rule.clause)):
        yield "Clause", words.clause(clause.id, text_in(clause.says, "en")).removeprefix("Clause ")
    for cite in rule.cites:
        source = pack.sources.get(cite.source)
        title = f", {source.title}" if source else ""
        yield "Source", f"{cite.source}{title}" + (f": “{cite.quote}”" if cite.quote else "")
    yield "Basis", f"{words.basis_in_words(rule.basis)}."
    yield "Kind", _kind(rule)
    for question in questions_of(rule):
        asked = pack.readings.get(question)
        yield "Reading", f"{question}: {text_in(asked.ask, 'en')} By default: {asked.default}." if asked else question
    if displaced := [each.id for each in pack.rules.values() if rule.id in (*each.overrides, *each.instead_of)]:
        yield "Yields to", ", ".join(displaced)
    yield "Written at", str(rule.place)


def _kind(rule: Rule) -> str:
    kinds = {
        "needs": "a condition of the act",
        "owes": "a duty",
        "forbids": "a prohibition",
        "permits": "a permission",
        "means": "a definition",
    }
    if rule.mode in ("permits", "means"):
        return kinds[rule.mode]
    breach = "unmet, the act has no effect" if rule.if_not == "no-effect" else "unmet, it is a breach"
    return f"{kinds[rule.mode]}; {breach}; severity {rule.severity}"


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
