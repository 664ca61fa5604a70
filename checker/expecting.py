"""What a test expects: statuses of rules, what the whole case comes to, and under which readings it is judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checker.errors import Place
from checker.load import Document
from checker.model import Pack
from checker.reader import Reader, entries, items, members

UNDER = "under"  # the key of `expect:` that is no expectation


def expectations(reader: Reader) -> Mapping[str, str] | None:
    """Each name under `expect:` with its status, or the ids it lists; None where nothing is expected."""
    node = members(reader.document.root).get("expect")
    if node is None:
        return None
    if node.value is not None and not isinstance(node.value, dict):
        reader.problem(node, "`expect:` maps a rule to its status: `partner.routing: contested`")
    return {name: ", ".join(map(reader.text, items(spelt))) for name, spelt in entries(node) if name != UNDER}


def readings_fixed(reader: Reader, pack: Pack) -> Iterator[tuple[str, str]]:
    """The readings under which a test is judged: an option for each of some questions, or the default of each."""
    expect = members(reader.document.root).get("expect")
    node = None if expect is None else members(expect).get(UNDER)
    if node is None:
        return
    if node.value == "default":
        yield from ((question.id, question.default) for question in pack.readings.values())
    elif not isinstance(node.value, dict):
        message = "`under:` is `default`, or maps a question to one of its options: `end-day: corresponding`"
        reader.problem(node, message)
    for name, spelt in entries(node):
        question, option = pack.readings.get(name), reader.text(spelt)
        if question is None:
            reader.unknown_name(spelt, "reading", name, pack.readings, key=True)
        elif isinstance(spelt.value, (list, dict)):
            reader.problem(spelt, f"`{name}` is to be one of its options: {', '.join(question.options)}")
        elif option not in question.options:
            reader.unknown_name(spelt, f"option of {name}", option, question.options)
        else:
            yield name, option


def place_of_expect(document: Document) -> Place:
    """Where a test says what it expects."""
    node = members(document.root).get("expect", document.root)
    return document.place(node, key="expect" in members(document.root))
