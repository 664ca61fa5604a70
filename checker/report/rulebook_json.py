"""Rules for programs, `servanda-rules-1`: all of them, or one with its tests. A changed shape is a new name."""

from __future__ import annotations

from collections.abc import Iterable

from checker.evidence import Exhibit
from checker.model import Citation, Pack, Retired, Rule, Words, text_in
from checker.relations import Relations
from checker.report.entry import Known
from checker.report.expansion import expansion
from checker.report.json import Json, dump
from checker.report.rule_search import message_of
from checker.report.spelling import spelling
from checker.terminal import Look

SCHEMA = "servanda-rules-1"


def render(pack: Pack, rules: Iterable[dict[str, Json]], retired: Iterable[Retired], language: str) -> str:
    """The rules of a pack, each as `rule` tells it."""
    told: dict[str, Json] = {
        "schema": SCHEMA,
        "pack": {"id": pack.id, "version": pack.version, "title": text_in(pack.title, language)},
        "rules": list(rules),
        "retired": [_retired(each, language) for each in retired],
    }
    return dump(told, indent=2) + "\n"


def rule(each: Rule, related: Relations, language: str) -> dict[str, Json]:
    """A rule and whom it has to do with; sentences in one language, else in English."""
    judged = each.mode in ("needs", "owes", "forbids")
    return {
        "id": each.id,
        "title": text_in(each.title, language),
        "kind": each.mode,
        "severity": each.severity if judged else None,
        "if_not": each.if_not if judged else None,
        "clause": each.clause,
        "basis": each.basis,
        "cites": [_cite(cite) for cite in each.cites],
        "block": each.block,
        "stratum": related.stratum,
        "location": {"file": each.place.file, "line": each.place.line, "column": each.place.column},
        "message": _message(each, "say", language),
        "remedy": _message(each, "remedy", language),
        "text": "\n".join(spelling(each)),
        "looks_at": [_look(look.type, look.through, made_by=list(look.makers)) for look in related.looks],
        "makes": list(related.makes),
        "looked_at_by": [_look(look.type, look.through, rule=look.rule) for look in related.readers],
        "ends": list(related.ends),
        "displaces": list(related.displaces),
        "displaced_by": list(related.displaced_by),
        "then_owes": list(related.demands),
        "owed_after": list(related.demanded_by),
        "readings": list(related.questions),
        "rests_on_readings": list(related.inherited),
    }


def page(each: Rule, pack: Pack, known: Known, language: str) -> dict[str, Json]:
    """The same, with the tests that bear on it and, of a block, how it is written and what it stands for."""
    told = rule(each, known.relations, language)
    told["written"] = "\n".join(known.written) or None
    told["expanded"] = expansion(each.block, pack, Look()) if each.block else None
    told["tests"] = [_test(exhibit) for exhibit in known.exhibits]
    return told


def _look(type_name: str, through: Iterable[str], **who: Json) -> dict[str, Json]:
    return {**who, "type": type_name, "through": list(through)}


def _cite(cite: Citation) -> dict[str, Json]:
    return {"source": cite.source, "quote": cite.quote} if cite.quote else {"source": cite.source}


def _message(each: Rule, which: str, language: str) -> str | None:
    templates = each.say if which == "say" else each.remedy
    told = templates.get(language) or templates.get("en")
    return message_of(told) if told else None


def _test(exhibit: Exhibit) -> dict[str, Json]:
    return {
        "location": {"file": exhibit.place.file, "line": exhibit.place.line, "column": exhibit.place.column},
        "title": exhibit.title,
        "expects": dict(exhibit.expected),
        "applies": exhibit.applies,
    }


def _retired(each: Retired, language: str) -> dict[str, Json]:
    def told(texts: Words) -> str:
        return text_in(texts, language)

    return {"id": each.id, "title": told(each.title), "since": str(each.since), "why": told(each.why)}
