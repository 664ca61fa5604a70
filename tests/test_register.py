"""The register of the shipped packs: each clause has its status and reason, each rule its ground, in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from checker.cache import open_pack_folder
from checker.case import agreement_of, read_case
from checker.coverage import JUDGED
from checker.dates import Date
from checker.judging import Asked, judge_case, open_pack
from checker.load import Document, load_file_each
from checker.model import BASES, LANGUAGES, Pack, Template
from checker.options import DEFAULT_PACK
from checker.shelf import find_pack, shipped
from checker.values import Term

ROOT = Path(__file__).resolve().parent.parent
ENCODED = ("yes", "partly", "judgement", "no")
THREE_LANGUAGES = ("isls", "iss-iga")
LETTERS = {"en": r"[A-Za-z]", "ru": r"[А-яЁё]", "zh": r"[\u4e00-\u9fff]"}

of_each_pack = pytest.mark.parametrize("name", shipped())
of_each_translated_pack = pytest.mark.parametrize("name", THREE_LANGUAGES)


@cache
def pack(name: str) -> Pack:
    """A shipped pack."""
    return open_pack_folder(find_pack(name))


def test_there_are_shipped_packs_and_the_translated_ones_are_among_them() -> None:
    assert set(THREE_LANGUAGES) <= set(shipped())


# --- clauses ----------------------------------------------------------------------


@of_each_pack
def test_every_clause_has_a_status(name: str) -> None:
    assert pack(name).clauses
    assert {each.id: each.encoded for each in pack(name).clauses.values() if each.encoded not in ENCODED} == {}


@of_each_pack
def test_every_clause_that_is_not_wholly_encoded_says_why(name: str) -> None:
    clauses = pack(name).clauses.values()
    assert [each.id for each in clauses if each.encoded != "yes" and not each.why.get("en", "").strip()] == []


@of_each_pack
def test_every_encoded_clause_has_a_rule(name: str) -> None:
    ruled = {rule.clause for rule in pack(name).rules.values()}
    ruled |= {"entry-into-force"} if pack(name).force.start else set()  # `in-force:` bounds every rule
    clauses = pack(name).clauses.values()
    assert [each.id for each in clauses if each.encoded in ("yes", "partly") and each.id not in ruled] == []


# --- rules ------------------------------------------------------------------------


@of_each_pack
def test_every_rule_has_a_clause_a_source_and_a_basis(name: str) -> None:
    read = pack(name)
    assert [rule.id for rule in read.rules.values() if rule.clause not in read.clauses] == []
    assert [rule.id for rule in read.rules.values() if not rule.cites] == []
    assert [cite.source for rule in read.rules.values() for cite in rule.cites if cite.source not in read.sources] == []
    assert [rule.id for rule in read.rules.values() if rule.basis not in BASES] == []


@of_each_pack
def test_no_finding_rests_on_more_than_its_rule(name: str) -> None:
    opened = open_pack(pack(name), with_engine=False)
    strength = {
        (finding.rule, BASES.index(finding.rests_on) - BASES.index(finding.basis))
        for document in (*documents(name),)[::4]
        for finding in judge_case(
            opened,
            read_case(document, opened.pack, document.file, None, Date(2026, 11, 21)),
            document,
            Asked("referee", {}, questions=False),
        ).findings
    }
    assert strength
    assert {rule for rule, weaker in strength if weaker < 0} == set()


def documents(name: str) -> Iterator[Document]:
    """The tests of a pack, and the examples that are cases of it."""
    for path in sorted([*find_pack(name).glob("tests/*.yaml"), *ROOT.glob("examples/*.yaml")]):
        for each in load_file_each(path):
            if isinstance(each, Document) and (agreement_of(each) or DEFAULT_PACK) == name:
                yield each


# --- three languages --------------------------------------------------------------


def texts(read: Pack) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Everything of a pack that people read in their own language, with what it belongs to."""
    yield "title", read.title
    yield from ((f"names: {word}", each) for word, each in read.names.items())
    for clause in read.clauses.values():
        if clause.says.get("en") != "unknown":  # a word of the rule language, not a sentence
            yield f"clause {clause.id}: says", clause.says
        yield f"clause {clause.id}: why", clause.why
    for question in read.readings.values():
        yield f"reading {question.id}: ask", question.ask
        yield f"reading {question.id}: why", question.why
        yield from ((f"reading {question.id}: option {option}", each) for option, each in question.options.items())
    yield from ((f"{rule.id}: title", rule.title) for rule in read.rules.values())


def templates(read: Pack) -> Iterator[tuple[str, Mapping[str, Template]]]:
    """What findings say, and what would help."""
    for rule in read.rules.values():
        yield f"{rule.id}: say", rule.say
        yield f"{rule.id}: remedy", rule.remedy


def wording(template: Template) -> str:
    return "".join(part for part in template if isinstance(part, str))


def variables(template: Template) -> set[Term]:
    """What a template fills in: variables, with what is added to them."""
    return {part for part in template if isinstance(part, Term)}


@of_each_translated_pack
def test_every_text_is_there_in_three_languages(name: str) -> None:
    read = pack(name)
    every = [*texts(read)]
    every += [
        (what, {language: wording(each) for language, each in spoken.items()}) for what, spoken in templates(read)
    ]
    lacking = [
        f"{what}: {language}"
        for what, words in every
        for language in LANGUAGES
        if words and not re.search(LETTERS[language], words.get(language, ""))
    ]
    assert len(every) > len(read.rules)
    assert lacking == []


@of_each_translated_pack
def test_every_judged_rule_says_what_is_broken_and_what_would_help(name: str) -> None:
    judged = [rule for rule in pack(name).rules.values() if rule.mode in JUDGED]
    assert [rule.id for rule in judged if not rule.say] == []
    whole = [rule for rule in judged if "/" not in rule.id]  # the parts of a block have the block's remedy
    assert [rule.id for rule in whole if not rule.remedy] == []


@of_each_translated_pack
def test_templates_fill_in_the_same_in_every_language(name: str) -> None:
    differing = [
        f"{what}: {language}"
        for what, spoken in templates(pack(name))
        for language, template in spoken.items()
        if variables(template) != variables(spoken["en"])
    ]
    assert differing == []
    assert any(variables(spoken["en"]) for _, spoken in templates(pack(name)) if spoken)
