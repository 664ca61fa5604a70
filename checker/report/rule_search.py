"""Rules looked for by words: in their ids and titles, in their texts and messages, in what they rest on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from checker.model import Pack, Retired, Rule, Template, text_in
from checker.report.spelling import questions_of, spelling
from checker.speech import Speech


class Hit(NamedTuple):
    """A rule that has every word; `where` holds the texts in which those words stand that its id and title lack."""

    rule: Rule
    where: tuple[str, ...]


def search(pack: Pack, wanted: str, speech: Speech) -> tuple[Hit, ...]:
    """The rules in which every word stands, in any order and however it is capitalised."""
    needles = wanted.casefold().split()
    hits = []
    for rule in pack.rules.values():
        head = f"{rule.id} {text_in(rule.title, speech.language)}".casefold()
        texts = list(texts_of(rule, pack, speech))
        homes = [
            next((each for each in texts if word in each.casefold()), None) for word in needles if word not in head
        ]
        if None not in homes:
            hits.append(Hit(rule, tuple(dict.fromkeys(each for each in homes if each is not None))))
    return tuple(hits)


def search_retired(pack: Pack, wanted: str, speech: Speech) -> tuple[Retired, ...]:
    """The same among the rules that are no longer judged."""
    needles = wanted.casefold().split()
    found = []
    for each in pack.retired.values():
        text = f"{each.id} {text_in(each.title, speech.language)} {text_in(each.why, speech.language)}".casefold()
        if all(word in text for word in needles):
            found.append(each)
    return tuple(found)


def texts_of(rule: Rule, pack: Pack, speech: Speech) -> Iterator[str]:
    """What is searched besides id and title, the most telling first."""
    if clause := pack.clauses.get(rule.clause or ""):
        yield f"{clause.id}: {text_in(clause.says, speech.language)}"
    for cite in rule.cites:
        source = pack.sources.get(cite.source)
        parts = (cite.source, source.title if source else "", f"“{cite.quote}”" if cite.quote else "")
        yield ", ".join(filter(None, parts))
        if source and source.url:
            yield source.url
    yield rule.basis
    for templates in (rule.say, rule.remedy):
        if told := templates.get(speech.language) or templates.get("en"):
            yield message_of(told)
    for name in questions_of(rule):
        asked = pack.readings.get(name)
        yield f"{name}: {text_in(asked.ask, speech.language)}" if asked else name
    yield from (line.strip() for line in spelling(rule._replace(say={}, remedy={})))


def message_of(template: Template) -> str:
    """A message as the rule writes it, its places in braces."""
    return "".join(part if isinstance(part, str) else f"{{{str(part).removeprefix('$')}}}" for part in template)
