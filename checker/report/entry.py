"""The page of a rule before it has a form: its ground, its text, whom it has to do with, the tests that bear on it.

Text, Markdown and HTML are made of the same entry and say the same; only JSON is made of the nouns themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from checker.evidence import Exhibit
from checker.model import Pack, Question, Rule, text_in
from checker.relations import Look, Reader, Relations, is_status
from checker.report import words
from checker.report.phrase import Phrase, Ref, listing, phrase, phrase_of_number
from checker.report.spelling import questions_of, spelling
from checker.speech import Speech, noted
from checker.verdict import NOT_KNOWN

MOST = 20  # tests of a kind that are shown; a rule may have hundreds
KINDS = {
    "needs": noted("a condition of the act"),
    "owes": noted("a duty"),
    "forbids": noted("a prohibition"),
    "permits": noted("a permission"),
    "means": noted("a definition"),
}


class Section(NamedTuple):
    """A heading, and a line for each thing that stands under it."""

    heading: str
    rows: tuple[Phrase, ...]


class Entry(NamedTuple):
    """A rule for a reader of one language. `ground` pairs labels with what they label.

    `written`: the block as its author wrote it, on the page of its main rule; `text` is in the core language.
    """

    rule: Rule
    title: str
    ground: tuple[tuple[str, Phrase], ...]
    written: tuple[str, ...]
    text: tuple[str, ...]
    sections: tuple[Section, ...]
    named: bool  # whether a test says what it expects of it


class Known(NamedTuple):
    """What is known of a rule beside what it says itself; `written` is empty but for the main rule of a block."""

    relations: Relations
    exhibits: Sequence[Exhibit]
    written: tuple[str, ...] = ()


def entry(rule: Rule, pack: Pack, known: Known, speech: Speech, *, most: int | None = MOST) -> Entry:
    """The entry of a rule; `most`: how many of the tests that name it are shown (None: all)."""
    related = known.relations
    naming = [each for each in known.exhibits if each.expected]
    others = [each for each in known.exhibits if not each.expected]
    siblings = (_rules(related.block, speech),) if rule.block == rule.id and related.block else ()
    sections = (
        Section(speech.say("What else the block makes:"), siblings),
        Section(speech.say("What it looks at:"), tuple(_looks(related.looks, speech))),
        Section(speech.say("What looks at what it makes:"), tuple(_readers(related, speech))),
        Section(speech.say("Tests and examples that name it:"), tuple(_tests(naming, most, speech))),
        Section(speech.say("Others in which it applies:"), tuple(_tests(others, MOST, speech))),
    )
    return Entry(
        rule=rule,
        title=text_in(rule.title, speech.language),
        ground=tuple(_ground(rule, pack, related, speech)),
        written=known.written,
        text=tuple(spelling(rule)),
        sections=tuple(each for each in sections if each.rows),
        named=bool(naming),
    )


# --- its ground --------------------------------------------------------------------


def _ground(rule: Rule, pack: Pack, related: Relations, speech: Speech) -> Iterator[tuple[str, Phrase]]:
    say = speech.say
    if rule.clause is not None and rule.clause in pack.clauses:
        yield say("Clause:"), _clause(rule.clause, pack, speech)
    for cite in rule.cites:
        yield say("Source:"), cited(cite.source, cite.quote, pack, speech)
    yield say("Basis:"), phrase(speech, "{basis}.", basis=words.basis_in_words(rule.basis, speech))
    yield say("Kind:"), (kind(rule, speech),)
    for name in questions_of(rule):
        yield say("Reading:"), _reading(name, pack.readings.get(name), speech)
    if related.inherited:
        yield say("Depends on:"), _readings(related.inherited, speech)
    for label, names in (
        (say("Displaces:"), related.displaces),
        (say("Yields to:"), related.displaced_by),
        (say("Calls for:"), related.demands),
        (say("Called for by:"), related.demanded_by),
    ):
        if names:
            yield label, _rules(names, speech)
    if rule.block:
        yield say("Block:"), _block(rule.block, len(related.block) + 1, speech)
    yield say("Stratum:"), phrase(speech, "{number} of {all}", number=related.stratum, all=related.strata)
    yield say("Written at:"), (str(rule.place),)


def _clause(name: str, pack: Pack, speech: Speech) -> Phrase:
    clause, ref = pack.clauses[name], Ref("clause", name)
    if clause.says.get("en") in (None, NOT_KNOWN):
        return phrase(speech, "{name}: its text is not known.", name=ref)
    says = text_in(clause.says, speech.language).rstrip(". 。")
    return phrase(speech, "{name}, as this pack tells it: {says}.", name=ref, says=says)


def cited(source: str, quote: str, pack: Pack, speech: Speech) -> Phrase:
    """A source, and the words of it that are quoted."""
    known = pack.sources.get(source)
    told = Ref("source", source, f"{source}, {known.title}" if known else source)
    return phrase(speech, "{source}: “{quote}”", source=told, quote=quote) if quote else (told,)


def _reading(name: str, asked: Question | None, speech: Speech) -> Phrase:
    ref = Ref("reading", name)
    if asked is None:
        return (ref,)
    ask = text_in(asked.ask, speech.language)
    return phrase(speech, "{question}: {ask} By default: {default}.", question=ref, ask=ask, default=asked.default)


def kind(rule: Rule, speech: Speech) -> str:
    """What sort of rule it is, and what follows where it is not met."""
    told = speech.say(KINDS[rule.mode])
    if rule.mode in ("permits", "means"):
        return told
    if rule.if_not == "no-effect":
        return speech.say(
            "{kind}; unmet, the act has no effect; severity {severity}", kind=told, severity=rule.severity
        )
    return speech.say("{kind}; unmet, it is a breach; severity {severity}", kind=told, severity=rule.severity)


def _block(name: str, size: int, speech: Speech) -> Phrase:
    return phrase_of_number(
        speech,
        "{block}, which stands for {number} rule",
        "{block}, which stands for {number} rules",
        size,
        block=Ref("block", name),
    )


# --- whom it has to do with ---------------------------------------------------------


def _looks(looks: Iterable[Look], speech: Speech) -> Iterator[Phrase]:
    for look in looks:
        parts, makers = _parts(look.through, speech), _rules(look.makers, speech)
        name = Ref("type", look.type)
        if look.type == "violation":
            yield phrase(speech, "a breach of {rules}, in {parts}", rules=makers, parts=parts)
        elif look.type == "fulfilled":
            yield phrase(speech, "the performance of {rules}, in {parts}", rules=makers, parts=parts)
        elif makers:
            yield phrase(speech, "{type}, in {parts}; made by {rules}", type=name, parts=parts, rules=makers)
        else:
            yield phrase(speech, "{type}, in {parts}; stated, not made by any rule", type=name, parts=parts)


def _readers(related: Relations, speech: Speech) -> Iterator[Phrase]:
    for each in related.readers:
        yield _reader(each, speech)
    if related.ends:
        many = len(related.ends)
        yield phrase_of_number(
            speech,
            "{number} rule stops with the last day in force, which it makes: {rules}",
            "{number} rules stop with the last day in force, which it makes: {rules}",
            many,
            rules=_rules(related.ends, speech),
        )


def _reader(each: Reader, speech: Speech) -> Phrase:
    ref, parts = Ref("rule", each.rule), _parts(each.through, speech)
    if is_status(each.type):
        what = speech.say("its breach") if each.type == "violation" else speech.say("its performance")
        return phrase(speech, "{rule}: at {what}, in {parts}", rule=ref, what=what, parts=parts)
    return phrase(speech, "{rule}: at {what}, in {parts}", rule=ref, what=Ref("type", each.type), parts=parts)


def _rules(names: Iterable[str], speech: Speech) -> Phrase:
    return listing((Ref("rule", name) for name in names), speech)


def _readings(names: Sequence[str], speech: Speech) -> Phrase:
    told = listing((Ref("reading", name) for name in names), speech)
    return phrase_of_number(speech, "the reading {readings}", "the readings {readings}", len(names), readings=told)


def _parts(through: Iterable[str], speech: Speech) -> Phrase:
    """Parts of a rule as they are written; `in-force` is a key of the pack."""
    return listing((Ref("key", part) for part in through), speech)


# --- its tests ---------------------------------------------------------------------


def _tests(exhibits: Sequence[Exhibit], most: int | None, speech: Speech) -> Iterator[Phrase]:
    for each in exhibits[:most]:
        yield _test(each, speech)
    if most is not None and len(exhibits) > most:
        yield phrase_of_number(speech, "and {number} more", "and {number} more", len(exhibits) - most)


def _test(each: Exhibit, speech: Speech) -> Phrase:
    place: Phrase = (Ref("test", f"{each.place.file}:{each.place.line}"),)
    told = phrase(speech, "{place}: {title}", place=place, title=each.title) if each.title else place
    expected = "; ".join(_expected(name, status) for name, status in each.expected)
    return phrase(speech, "{test} ({expected})", test=told, expected=expected) if expected else told


def _expected(name: str, status: str) -> str:
    """The status, after whatever it is expected of where the test tells several apart."""
    subject = name.partition("@")[2]
    return f"{subject}: {status}" if subject else status
