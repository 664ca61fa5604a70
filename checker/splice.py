"""A JSON Patch made in the text of a case: what it does not touch stays as it is, byte for byte.

Known are the steps that remedies are made of: `add` a field, an item at the end of a list or a list, `replace` a
scalar, `remove` an item. No library writes YAML here, since each would write all of it anew. What comes out is
read again, and must be the value that the patch asks for; else nothing is given back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from decimal import Decimal

from checker.errors import Place, Problem
from checker.load import Document, Format, Limits, Loaded, format_of, load_each, plain
from checker.splice_edits import Edits, SpliceError, applied, tokens
from checker.verdict import PatchStep

__all__ = ["SpliceError", "patched", "spliced"]

_DEFAULT = Limits()
_UTF8_MARK = b"\xef\xbb\xbf"


def spliced(
    document: Document,
    raw: bytes,
    steps: Iterable[PatchStep],
    *,
    limits: Limits = _DEFAULT,
    format: Format | None = None,  # noqa: A002 - as `load` has it
) -> bytes:
    """The file `raw` with the steps made in the one document of it; SpliceError where that can't be done."""
    mark = _UTF8_MARK if raw.startswith(_UTF8_MARK) else b""
    kind = format or format_of(document.file)
    if raw != mark + document.text.encode():
        raise SpliceError([Problem(Place(document.file), "the file is not the one that was read")])
    now, before = document, load_each(raw, document.file, limits=limits, format=kind)
    wanted = plain(document.root)
    for step in _joined(steps):
        step = step._replace(value=_as_read(step.value))  # type: ignore[arg-type]  # noqa: PLW2901 - the same step
        edits = Edits(now, is_json=kind != "yaml").of(step)
        wanted = patched(wanted, step)
        text = applied(now.text, edits)
        after = load_each(text, document.file, limits=limits, format=kind)
        now = _checked(after, before, document, wanted, step)
    return mark + now.text.encode()


def _as_read(value: object) -> object:
    """The value of a step as it is read from a case, in which fractions are decimals."""
    if isinstance(value, dict):
        return {name: _as_read(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_as_read(each) for each in value]
    return Decimal(repr(value)) if isinstance(value, float) else value


def patched(value: object, step: PatchStep) -> object:
    """A plain value after one step, of those known here, whose path is there; the value given is left as it was."""
    value = holder = deepcopy(value)
    *names, last = tokens(step.path)
    for name in names:
        holder = holder[name] if isinstance(holder, dict) else holder[int(name)]  # type: ignore[index]  # it is there
    if isinstance(holder, dict):
        holder[last] = deepcopy(step.value)
    elif isinstance(holder, list):
        at = len(holder) if last == "-" else int(last)
        holder[at : at + (step.op != "add")] = [] if step.op == "remove" else [deepcopy(step.value)]
    return value


def _joined(steps: Iterable[PatchStep]) -> Iterator[PatchStep]:
    """The steps; a list that is added empty and then filled is added as it will be."""
    held: PatchStep | None = None
    for step in steps:
        if held is not None and step.op == "add" and step.path == f"{held.path}/-":
            held = held._replace(value=[*held.value, step.value])  # type: ignore[misc,list-item]  # a list, below
            continue
        if held is not None:
            yield held
        held = step if step.op == "add" and isinstance(step.value, list) else None
        if held is None:
            yield step
    if held is not None:
        yield held


def _checked(
    after: tuple[Loaded, ...], before: tuple[Loaded, ...], document: Document, wanted: object, step: PatchStep
) -> Document:
    """The document as it is read again; SpliceError if it or any other of the file is not what it should be."""
    now = after[document.index] if document.index < len(after) else ()
    if not isinstance(now, Document):
        raise _unfit(document, step, now[0].message if now else "nothing is left of it")
    if not same(plain(now.root), wanted):
        raise _unfit(document, step, "it would be read otherwise")
    for index, (one, other) in enumerate(zip(before, after, strict=False)):
        if index != document.index and not _alike(one, other):
            raise _unfit(document, step, "another document of the file would change")
    if len(before) != len(after):
        raise _unfit(document, step, "the file would hold other documents")
    return now


def _unfit(document: Document, step: PatchStep, why: str) -> SpliceError:
    place = document.place(document.root)
    return SpliceError([Problem(place, f"`{step.op} {step.path}` can't be written here by itself: {why}")])


def _alike(one: Loaded, other: Loaded) -> bool:
    if isinstance(one, Document) and isinstance(other, Document):
        return same(plain(one.root), plain(other.root))
    return type(one) is type(other)


def same(one: object, other: object) -> bool:
    """Whether two plain values are equal and of one kind: 1 is not true, nor 1.0."""
    left = [(one, other)]
    for mine, yours in left:  # grows as it is walked
        if isinstance(mine, dict) and isinstance(yours, dict) and mine.keys() == yours.keys():
            left += ((mine[key], yours[key]) for key in mine)
        elif isinstance(mine, list) and isinstance(yours, list) and len(mine) == len(yours):
            left += zip(mine, yours, strict=True)
        elif type(mine) is not type(yours) or mine != yours or _digits(mine) != _digits(yours):
            return False
    return True


def _digits(value: object) -> object:
    return value.as_tuple() if isinstance(value, Decimal) else None
