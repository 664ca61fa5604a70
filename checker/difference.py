"""Two packs compared by their nouns, so that layout, comments, places and the order of keys are no change.

A part that changed keeps its nouns from before and after; how to tell of them is a matter of the report. `judges` says
whether a change can alter a verdict; if not, it is one of words, of sources or of the register of clauses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, TypeVar

from checker.errors import Place
from checker.model import (
    Clause,
    FactType,
    Field,
    Force,
    Pack,
    Property,
    Question,
    Reading,
    Rule,
    Source,
    Words,
    text_in,
)
from checker.reads import as_written
from checker.retirement import retired_as
from checker.sameness import Seen, called, seen, subject_of, without
from checker.values import Unknown, render

Kind = Literal["pack", "rule", "reading", "type", "property", "clause", "source", "name"]
How = Literal["added", "removed", "retired", "restored", "changed"]
KINDS: tuple[Kind, ...] = ("pack", "rule", "reading", "type", "property", "clause", "source", "name")
_Named = TypeVar("_Named", Question, FactType, Property, Clause, Source, Words)

_PARTS = ("mode", "severity", "basis", "if_not", "also_done", "survives", "before_force", "until")
_RULES = ("overrides", "instead_of", "then_owes")
_TERMS = ("by", "towards", "due", "per")
_TYPE_PARTS = ("action", "given", "open", "day", "counter", "free")


class Part(NamedTuple):
    """A part of something that changed, as nouns or texts; None where it is not there."""

    name: str
    before: object
    after: object
    judges: bool = True


class Change(NamedTuple):
    """Something that was added, removed or changed, and where it stands; `block`: the block that a rule comes from.

    `note`: what to know of it besides.
    """

    kind: Kind
    id: str
    how: How
    title: str = ""
    parts: tuple[Part, ...] = ()
    judges: bool = True
    place: Place | None = None
    block: str | None = None
    note: str = ""


class Difference(NamedTuple):
    """What changed between two packs."""

    before: Pack
    after: Pack
    changes: tuple[Change, ...]

    @property
    def judges(self) -> bool:
        """Whether some verdict can be another."""
        return any(change.judges for change in self.changes)

    @property
    def needs_version(self) -> bool:
        """Whether two packs say that they are one version of the same, and judge otherwise."""
        same = (self.before.id, self.before.version) == (self.after.id, self.after.version)
        return same and self.judges


def compared(before: Pack, after: Pack) -> Difference:
    """Every change from one pack to another: of the pack itself, and of what it holds, kind by kind."""
    changes = [
        *_changed("pack", after.id, text_in(after.title, "en"), _pack_parts(before, after), None),
        *_rules(before, after),
        *_each("reading", before.readings, after.readings, _reading_parts, judges=True),
        *_each("type", before.types, after.types, _type_parts, judges=True),
        *_each("property", before.properties, after.properties, _property_parts, judges=False),
        *_each("clause", before.clauses, after.clauses, _clause_parts, judges=False),
        *_each("source", before.sources, after.sources, _source_parts, judges=False),
        *_each("name", before.names, after.names, _name_parts, judges=False),
    ]
    return Difference(before, after, tuple(changes))


# --- rules ---------------------------------------------------------------------


def _rules(before: Pack, after: Pack) -> Iterator[Change]:
    for name in sorted({*before.rules, *after.rules, *before.retired}):
        old, new = before.rules.get(name), after.rules.get(name)
        if old is not None and new is not None:
            yield from _changed("rule", name, text_in(new.title, "en"), _rule_parts(old, new), new.place, new.block)
        elif new is not None:
            how: How = "restored" if retired_as(name, before.retired) else "added"
            yield Change("rule", name, how, text_in(new.title, "en"), place=new.place, block=new.block)
        elif why := retired_as(name, after.retired):
            if old is not None:
                block = old.block if old.block in after.retired else None
                yield Change("rule", name, "retired", text_in(old.title, "en"), block=block, note=why)
        elif old is not None:
            yield Change("rule", name, "removed", text_in(old.title, "en"), place=old.place, block=old.block)
        else:
            gone = before.retired[name]
            yield Change("rule", name, "removed", text_in(gone.title, "en"), judges=False, place=gone.place)


def _rule_parts(old: Rule, new: Rule) -> Iterator[Part]:
    yield from _attributes(old, new, _PARTS)
    yield from _texts("valid", _span(old.valid), _span(new.valid))
    yield from _texts("reading", _reading(old.reading), _reading(new.reading))
    yield from _attributes(old, new, _RULES)
    renamed = _variables(old, new)
    if renamed is not None:
        yield Part("variables", *renamed, judges=False)
    else:
        yield from _attributes(old, new, _TERMS)
        yield from _items("when", as_written(old).items, as_written(new).items)
        yield from _items(new.mode, old.body.items if old.body else (), new.body.items if new.body else ())
        yield from _items("means", old.heads, new.heads)
        yield from _items("unless", old.unless, new.unless)
    yield from _attributes(old, new, ("clause", "cites"), judges=False)
    for name in ("title", "say", "remedy"):
        yield from _words(name, getattr(old, name), getattr(new, name))


def _span(days: tuple[object, object]) -> str | None:
    return f"from {days[0] or 'the beginning'} to {days[1] or 'no end'}" if any(days) else None


def _reading(reading: Reading) -> str | None:
    return ", ".join(f"{question}: {option}" for question, option in reading) or None


def _variables(old: Rule, new: Rule) -> tuple[str, str] | None:
    """The variables of two rules that differ in nothing else that they look at; None where more differs, or nothing."""
    told, names = list[Seen](), list[str]()
    for rule in (old, new):
        variables: dict[str, str] = {}
        bodies = (as_written(rule), rule.body, rule.heads, rule.unless, *(getattr(rule, name) for name in _TERMS[:-1]))
        told.append((*(seen(each, variables) for each in bodies), *(called(each, variables) for each in rule.per)))
        names.append(", ".join(f"${name}" for name in variables))
    return (names[0], names[1]) if told[0] == told[1] and names[0] != names[1] else None


def _items(name: str, old: Sequence[object], new: Sequence[object]) -> Iterator[Part]:
    """What went, what came and what changed in a list; what is of one type before and after changed."""
    gone, come = without(old, new), without(new, old)
    for each in gone:
        other = next((other for other in come if subject_of(other) == subject_of(each)), None)
        if other is not None:
            come.remove(other)
        yield Part(name, each, other)
    for each in come:
        yield Part(name, None, each)
    if not gone and not without(new, old) and seen(tuple(old)) != seen(tuple(new)):
        yield Part(f"order of {name}", old, new)


# --- what else a pack holds ------------------------------------------------------


def _pack_parts(old: Pack, new: Pack) -> Iterator[Part]:
    yield from _attributes(old, new, ("id", "parties", "rounding"))
    yield from _texts("in-force", _force(old.force), _force(new.force))
    yield from _items("facts", _facts(old), _facts(new))
    yield from _words("title", old.title, new.title)


def _force(force: Force) -> str:
    return _span((force.start, force.end or force.ended_by)) or "always"


def _facts(pack: Pack) -> list[str]:
    found = []
    for fact in pack.facts:
        stated = sorted(zip(pack.types[fact.type].fields, fact.values, strict=True))
        told = (f"{name}: {render(value)}" for name, value in stated if not isinstance(value, Unknown))
        found.append(f"{fact.type}: {{{', '.join(told)}}}")
    return found


def _reading_parts(old: Question, new: Question) -> Iterator[Part]:
    yield from _attributes(old, new, ("default",))
    for option in _either(old.options, new.options):
        if option in old.options and option in new.options:
            yield from _words(f"option {option}", old.options[option], new.options[option])
        else:
            yield Part("option", option if option in old.options else None, option if option in new.options else None)
    yield from _words("ask", old.ask, new.ask)
    yield from _words("why", old.why, new.why)
    yield from _attributes(old, new, ("cites",), judges=False)


def _type_parts(old: FactType, new: FactType) -> Iterator[Part]:
    yield from _attributes(old, new, _TYPE_PARTS)
    for name in _either(old.fields, new.fields):
        one, other = old.fields.get(name), new.fields.get(name)
        if one != other:
            yield Part(f"field {name}", one and _field(one), other and _field(other))
    yield from _attributes(old, new, ("choice", "about"), judges=False)


def _field(field: Field) -> str:
    kind = f"one of {', '.join(field.options)}" if field.options else field.kind
    return kind if field.default is None else f"{kind}, else {render(field.default)}"


def _property_parts(old: Property, new: Property) -> Iterator[Part]:
    for part in _items("absent", old.body.items, new.body.items):
        yield part._replace(judges=False)
    yield from _words("title", old.title, new.title)


def _clause_parts(old: Clause, new: Clause) -> Iterator[Part]:
    yield from _attributes(old, new, ("encoded", "basis"), judges=False)
    yield from _words("says", old.says, new.says)
    yield from _words("why", old.why, new.why)


def _source_parts(old: Source, new: Source) -> Iterator[Part]:
    return _attributes(old, new, ("title", "url", "basis"), judges=False)


def _name_parts(old: Words, new: Words) -> Iterator[Part]:
    return _words("name", old, new)


# --- comparing --------------------------------------------------------------------


def _each(
    kind: Kind,
    old: Mapping[str, _Named],
    new: Mapping[str, _Named],
    parts: Callable[[_Named, _Named], Iterator[Part]],
    *,
    judges: bool,
) -> Iterator[Change]:
    for name in _either(old, new):
        if name in old and name in new:
            yield from _changed(kind, name, "", parts(old[name], new[name]), getattr(new[name], "place", None))
        else:
            how: How = "added" if name in new else "removed"
            place = getattr({**old, **new}[name], "place", None)
            yield Change(kind, name, how, judges=judges, place=place)


def _changed(
    kind: Kind, name: str, title: str, parts: Iterable[Part], place: Place | None, block: str | None = None
) -> Iterator[Change]:
    if told := tuple(parts):
        yield Change(kind, name, "changed", title, told, any(part.judges for part in told), place, block)


def _attributes(old: object, new: object, names: Iterable[str], *, judges: bool = True) -> Iterator[Part]:
    for name in names:
        one, other = getattr(old, name), getattr(new, name)
        if seen(one) != seen(other):
            yield Part(name.replace("_", "-"), one, other, judges)


def _texts(name: str, old: str | None, new: str | None) -> Iterator[Part]:
    if old != new:
        yield Part(name, old, new)


def _words(name: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Part]:
    for language in _either(old, new):
        if seen(old.get(language)) != seen(new.get(language)):
            yield Part(f"{name} ({language})", old.get(language), new.get(language), judges=False)


def _either(old: Iterable[str], new: Iterable[str]) -> list[str]:
    return sorted({*old, *new})
