"""Rules in Markdown: the list as a table, the page of one with headings."""

from __future__ import annotations

from collections.abc import Sequence

from checker.model import Pack, Retired, Rule, text_in
from checker.report import words
from checker.report.entry import Entry
from checker.report.markup import block, code, escape, table
from checker.report.phrase import Phrase, Ref
from checker.report.rulebook import weight
from checker.results import Coverage
from checker.speech import Speech


def overview(pack: Pack, rules: Sequence[Rule], retired: Sequence[Retired], speech: Speech) -> str:
    """A table of rules, and one of those no longer judged."""
    rows = [(code(each.id), weight(each), each.basis, escape(text_in(each.title, speech.language))) for each in rules]
    heads = [speech.say("Rule"), speech.say("Severity"), speech.say("Basis"), speech.say("Title")]
    lines = [f"# {escape(text_in(pack.title, speech.language))} ({code(f'{pack.id} {pack.version}')})", ""]
    lines += [*table(heads, rows), ""] if rows else []
    if retired:
        gone = [(code(each.id), str(each.since), escape(text_in(each.title, speech.language))) for each in retired]
        heads = [speech.say("Rule"), speech.say("Since"), speech.say("Title")]
        lines += [f"## {speech.say('No longer judged')}", "", *table(heads, gone), ""]
    return "".join(f"{text}\n" for text in [*lines, closing(pack, speech)])


def page(entry: Entry, pack: Pack, speech: Speech) -> str:
    """The page of a rule."""
    lines = [f"# {code(entry.rule.id)}: {escape(entry.title)}", ""]
    lines += [f"- **{escape(label)}** {_told(told)}" for label, told in entry.ground]
    if entry.written:
        lines += ["", speech.say("The block as it is written:"), "", *block(entry.written)]
        lines += ["", speech.say("The rule of its name, written out:")]
    lines += ["", *block(entry.text)]
    for section in entry.sections:
        lines += ["", f"## {escape(section.heading.rstrip(':：'))}", "", *(f"- {_told(row)}" for row in section.rows)]
    if not entry.named:
        lines += ["", speech.say("No test and no example names it.")]
    return "".join(f"{text}\n" for text in [*lines, "", closing(pack, speech)])


def closing(pack: Pack, speech: Speech) -> str:
    """The line that every report for people ends with."""
    clauses = pack.clauses.values()
    left = sum(clause.encoded in ("no", "judgement") for clause in clauses)
    return f"*{escape(words.closing(Coverage(len(clauses), left), speech))}*"


def _told(told: Phrase) -> str:
    return "".join(_named(each) if isinstance(each, Ref) else _part(each) for each in told)


def _part(text: str) -> str:
    """A part of a sentence, whose ends may be spaces."""
    before, after = text[:1].isspace(), text[-1:].isspace()
    return f"{' ' * before}{escape(text)}{' ' * (after and not text.isspace())}"


def _named(ref: Ref) -> str:
    return escape(ref.told) if ref.told else code(ref.name)
