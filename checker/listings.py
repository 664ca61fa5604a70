"""What a case says of its own lists: the types of which nothing is missing, and those of which something is."""

from __future__ import annotations

from checker.actors import stated_value
from checker.errors import quoted
from checker.load import Node
from checker.model import FactType, Listing, Pack
from checker.reader import Reader, entries, items, members
from checker.values import Value


def listings(reader: Reader, pack: Pack) -> tuple[tuple[Listing, ...], tuple[str, ...]]:
    """The lines of `complete:` and the types of `incomplete:`; what is wrong with them is written down."""
    return _Listings(reader, pack).both()


class _Listings:
    def __init__(self, reader: Reader, pack: Pack) -> None:
        self.reader, self.pack = reader, pack
        self.keys = members(reader.document.root)

    def both(self) -> tuple[tuple[Listing, ...], tuple[str, ...]]:
        complete, incomplete = self._complete(), self._incomplete()
        for listing in complete:
            if listing.type in incomplete and not listing.within:
                node = self.keys["incomplete"]
                self.reader.problem(node, f"{quoted(listing.type)} can't be complete and incomplete at once")
        return complete, incomplete

    def _complete(self) -> tuple[Listing, ...]:
        node = self.keys.get("complete")
        if node is None:
            return ()
        if node.value == "all":
            return (Listing("all", ()),)
        found: list[Listing] = []
        for item in items(node):
            if isinstance(item.value, dict):
                found.extend(
                    Listing(name, self._within(kind, spelt))
                    for name, spelt in entries(item)
                    if (kind := self._listed(name, spelt, key=True)) is not None
                )
            elif item.value == "all" or self._listed(str(item.value), item, key=False) is not None:
                found.append(Listing(str(item.value), ()))
        return tuple(sorted(found, key=repr))

    def _within(self, kind: FactType, node: Node) -> tuple[tuple[str, tuple[Value, ...]], ...]:
        if not isinstance(node.value, dict) or not node.value:
            self.reader.problem(node, f"say what is complete: `{kind.name}: {{field: value}}`, or the name alone")
            return (("", ()),)
        found = []
        for key, spelt in entries(node):
            if key not in kind.fields:
                self.reader.unknown_name(spelt, f"field of {kind.name}", key, kind.fields, key=True)
                continue
            values = [stated_value(self.reader, self.pack, item, kind.fields[key], None) for item in items(spelt)]
            found.append((key, tuple(value for value in values if value is not None)))
        return tuple(sorted(found, key=repr))

    def _listed(self, name: str, node: Node, *, key: bool) -> FactType | None:
        kind = self.pack.types.get(name)
        known = [each.name for each in self.pack.types.values() if each.given and not each.action]
        if kind is None:
            self.reader.unknown_name(node, "type", name, (*known, "all"), key=key)
        elif not kind.given:
            self.reader.problem(
                node, f"{quoted(name)} follows from the rules; whether it is complete does too", key=key
            )
        elif kind.action:
            self.reader.problem(node, f"{quoted(name)} is an action; actions are always complete", key=key)
        else:
            return kind
        return None

    def _incomplete(self) -> tuple[str, ...]:
        return tuple(
            str(item.value)
            for item in items(self.keys.get("incomplete"))
            if self._listed(str(item.value), item, key=False) is not None
        )
