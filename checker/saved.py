"""A saved result read back: the results that a JSON report was written from, so that any report can be made of them.

They are told in the language in which they were judged, and of a case they hold the lines that its places name.
Whatever is no report, or one of another version, is refused in a sentence; every fault of its shape in its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import overload

from checker.dates import Date
from checker.errors import Problem, ProblemsError, quoted
from checker.load import Document, Limits, Node, load_each
from checker.load_tree import Excerpt
from checker.model import Clause, Question, Source
from checker.reader import Reader, entries, items, members
from checker.results import SCHEMA, Accepted, BaselineFile, Coverage, IdleWaiver, PackName, Results, WaiverFile
from checker.saved_finding import maybe_place, number, pairs, place, plain, read_finding, stated, texts
from checker.shape import misshapen
from checker.sources import CaseSource, read
from checker.verdict import NOT_KNOWN, ActionView, Assumption, Receipt, StatedDay, Timeline, Verdict

LIMITS = Limits(bytes=2**28, depth=1000, nodes=2**25, string=2**28)  # larger than a case may be, and nested deeper
_OURS = b'"servanda-'
_HEAD = re.compile(rb'\s*\{\s*"schema":\s*"servanda-')  # as we write it
_AGAIN = "judge the cases again with `servanda check -o json=FILE`"


class SavedError(ProblemsError):
    """A saved result can't be used."""


class Lines(Excerpt):
    """The lines of a case, of which only some are known, by their numbers; the others are empty."""

    __slots__ = ("texts",)

    def __init__(self, texts: Mapping[int, str]) -> None:
        """Hold the lines; they are not laid out: whoever wrote the file may have numbered one as the millionth."""
        super().__init__(min(texts, default=1), ())
        self.texts = texts

    def __len__(self) -> int:
        return max(self.texts, default=0)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        numbers = range(1, len(self) + 1)[index]
        if isinstance(numbers, range):
            return tuple(self.texts.get(each, "") for each in numbers)
        return self.texts.get(numbers, "")


def saved_document(source: CaseSource) -> Document | None:
    """The document of a source that says it is one of our reports, of whatever version; None for what may be a case."""
    content = read(source, LIMITS.bytes).content or b""
    if content.lstrip()[:1] != b"{" or _OURS not in content:
        return None
    if source.format == "jsonl":
        content = content.partition(b"\n")[0]
    loaded = load_each(content, source.name, limits=LIMITS, format="json")[0]
    if not isinstance(loaded, Document):
        if _HEAD.match(content):
            raise SavedError(loaded)
        return None
    schema = members(loaded.root).get("schema")
    is_ours = schema is not None and isinstance(schema.value, str) and schema.value.startswith("servanda-")
    return loaded if is_ours else None


def read_saved(document: Document) -> Results:
    """The results of a document that `saved_document` found; SavedError with everything that is wrong in it."""
    if why := _another(document):
        raise SavedError([why])
    if problems := misshapen(document, "report"):
        raise SavedError(problems)
    reader = Reader(document, problems)
    results = _results(members(document.root), reader)
    if problems:
        raise SavedError(problems)
    return results


def _another(document: Document) -> Problem | None:
    """Why it is no whole report of this version."""
    parts = members(document.root)
    schema = parts["schema"]
    if schema.value != SCHEMA:
        told = f"{quoted(schema.value)} can't be reported from, only `{SCHEMA}`"
    elif "cases" not in parts:
        told = "this is one case of `-o jsonl`, and no whole result"
    elif "story" in parts:
        told = "this is what `servanda explain` told of one case"
    elif "language" not in parts:
        told = "this was saved by an earlier version, which left out what a report needs"
    else:
        return None
    return Problem(document.place(schema), f"{told}; {_AGAIN}")


# --- the run ------------------------------------------------------------------


def _results(parts: Mapping[str, Node], reader: Reader) -> Results:
    pack, gate = members(parts["pack"]), parts["gate"]
    return Results(
        **plain(gate, "fail_on", "min_severity"),  # type: ignore[arg-type]
        verdicts=tuple(_verdict(members(each), reader) for each in items(parts["cases"])),
        pack=reader.text(pack["id"]),
        pack_version=reader.text(pack["version"]),
        pack_title=reader.text(pack["title"]),
        coverage=Coverage(**plain(parts["coverage"])),  # type: ignore[arg-type]
        problems=_problems(parts["problems"]),
        language=reader.text(parts["language"]),
        waivers=_waivers(parts["waivers"]),
        baseline=_baseline(parts["baseline"]),
        sources={_key(each): _source(each, reader) for each in items(parts["sources"])},
        clauses={_key(each): _clause(each, reader) for each in items(parts["clauses"])},
        questions={_key(each): _question(each, reader) for each in items(parts["questions"])},
        stamp=_maybe(parts["stamp"]),
        packs=tuple(_pack(members(each), reader) for each in items(parts["packs"])) if "packs" in parts else (),
        partial=reader.flag(parts.get("partial")),
    )


def _pack(parts: Mapping[str, Node], reader: Reader) -> PackName:
    return PackName(reader.text(parts["id"]), reader.text(parts["version"]), reader.text(parts["title"]))


def _key(node: Node) -> tuple[str, str]:
    parts = members(node)
    return str(parts["pack"].value), str(parts["id"].value)


def _source(node: Node, reader: Reader) -> Source:
    return Source(**plain(node, "id", "title", "url", "basis"), place=reader.place(node))  # type: ignore[arg-type]


def _clause(node: Node, reader: Reader) -> Clause:
    parts = members(node)
    return Clause(
        **plain(node, "id", "basis", "encoded"),  # type: ignore[arg-type]
        says=reader.words(parts["says"]) or {"en": NOT_KNOWN},
        why=reader.words(parts["why"]),
        place=reader.place(node),
    )


def _question(node: Node, reader: Reader) -> Question:
    """A question; what it is by default and why no report of results tells."""
    parts = members(node)
    return Question(
        id=reader.text(parts["id"]),
        ask=reader.words(parts["ask"]),
        options={name: reader.words(each) for name, each in entries(parts["options"])},
        default="",
        why={},
        cites=(),
        place=reader.place(node),
    )


def _waivers(node: Node) -> WaiverFile | None:
    if node.value is None:
        return None
    idle = tuple(
        IdleWaiver(
            **plain(each, "id", "rule", "state", "created", "expires", "nearest"),  # type: ignore[arg-type]
            place=place(members(each)["location"]),
        )
        for each in items(members(node)["idle"])
    )
    return WaiverFile(**plain(node, "file", "ref", "sha256", "day"), idle=idle)  # type: ignore[arg-type]


def _baseline(node: Node) -> BaselineFile | None:
    if node.value is None:
        return None
    stale = tuple(Accepted(**plain(each)) for each in items(members(node)["stale"]))  # type: ignore[arg-type]
    return BaselineFile(**plain(node, "file", "sha256"), stale=stale)  # type: ignore[arg-type]


def _problems(node: Node) -> tuple[Problem, ...]:
    told = map(members, items(node))
    return tuple(Problem(maybe_place(each["location"]), str(each["message"].value)) for each in told)


def _maybe(node: Node) -> str | None:
    return None if node.value is None else str(node.value)


# --- a case -------------------------------------------------------------------


def _verdict(parts: Mapping[str, Node], reader: Reader) -> Verdict:
    return Verdict(
        case=reader.text(parts["case"]),
        sha256=reader.text(parts["sha256"]),
        status=reader.text(parts["verdict"]),  # type: ignore[arg-type]  # its shape is right
        findings=tuple(read_finding(each, reader) for each in items(parts["findings"])),
        problems=_problems(parts["problems"]),
        unjudged=_actions(parts["unjudged"]),
        not_in_force=_actions(parts["not_in_force"]),
        unread=tuple(map(stated, items(parts["unread"]))),
        receipt=_receipt(parts),
        source=Lines({int(name): str(each.value) for name, each in entries(parts["lines"])}),
        assumed=tuple(Assumption(stated(each), texts(members(each)["text"])) for each in items(parts["assumed"])),
        without=texts(parts["without"]),
        timeline=_timeline(parts["timeline"], reader),
    )


def _actions(node: Node) -> tuple[ActionView, ...]:
    return tuple(
        ActionView(**plain(each, "type", "id"), place=place(members(each)["location"]))  # type: ignore[arg-type]
        for each in items(node)
    )


def _receipt(parts: Mapping[str, Node]) -> Receipt | None:
    receipt, pack = parts["receipt"], members(parts["pack"])
    if receipt.value is None or not pack:
        return None
    return Receipt(
        **plain(receipt, "pack_sha256", "checker", "engine", "referee", "as_of", "as_of_stated"),  # type: ignore[arg-type]
        pack=str(pack["id"].value),
        pack_version=str(pack["version"].value),
        readings=pairs(members(receipt)["readings"]),
    )


def _timeline(node: Node, reader: Reader) -> Timeline | None:
    if node.value is None:
        return None
    parts = members(node)
    ends = parts["ends"]

    def day(each: Node) -> Date:
        """A day; where it is none, which is a problem, the first there is."""
        known = reader.known(each, "date")
        return known if isinstance(known, Date) else Date.MIN

    return Timeline(
        periods=tuple(
            (number(each["number"]), day(each["first"]), None if each["last"].value is None else day(each["last"]))
            for each in map(members, items(parts["periods"]))
        ),
        limits=tuple((str(each["rule"].value), day(each["day"])) for each in map(members, items(parts["limits"]))),
        ends=None if ends.value is None else day(ends),
        stated=tuple(
            StatedDay(str(each["fact"].value), str(each["field"].value), day(each["day"]))
            for each in map(members, items(parts["stated"]))
        ),
    )
