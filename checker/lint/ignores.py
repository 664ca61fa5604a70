"""Findings that an author accepts: `# servanda: ignore[check-id] reason`, on the line or alone on a line above it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from checker.errors import Place, nearest, quoted
from checker.lint.finding import Finding, Found
from checker.lint.subject import Subject
from checker.load import Document, Node
from checker.reader import items, members

_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#[ \t]*servanda:[ \t]*ignore(?:\[([^\]]*)\])?[ \t]*(.*)$")
_NOTHING = re.compile(r"[ \t]*(#|$)")


class Ignore(NamedTuple):
    """A comment: where it stands, the line it speaks of, the checks it names, and why."""

    place: Place
    line: int
    checks: tuple[str, ...]
    reason: str

    def accepts(self, finding: Finding) -> bool:
        """Whether the finding is one of those meant."""
        here = (finding.place.file, finding.place.line) == (self.place.file, self.line)
        return here and finding.check.id in self.checks


def ignores_of(subject: Subject) -> list[Ignore]:
    """The comments in a pack's files and its tests; what stands within a text is none."""
    files: dict[str, list[Document]] = {}
    for document in (*subject.documents, *subject.tests):
        files.setdefault(document.file, []).append(document)
    return [each for documents in files.values() if "servanda:" in documents[0].text for each in _ignores_in(documents)]


def _ignores_in(documents: Sequence[Document]) -> Iterator[Ignore]:
    """Those of one file, all of whose documents these are."""
    lines = documents[0].lines
    for number, text in enumerate(lines, 1):
        comment = _COMMENT.search(text)
        if comment and not any(_is_text(each.root, number, comment.start() + 1) for each in documents):
            checks = tuple(name for part in (comment[1] or "").split(",") if (name := part.strip()))
            place = Place(documents[0].file, number, comment.start() + 1)
            yield Ignore(place, _line(lines, number), checks, comment[2].strip())


def _line(lines: Sequence[str], number: int) -> int:
    """The line that a comment speaks of: its own, or where it stands alone the next with anything on it."""
    while number < len(lines) and _NOTHING.match(lines[number - 1]):
        number += 1
    return number


def _is_text(root: Node, line: int, column: int) -> bool:
    """Whether the place lies in a scalar, where a `#` is a sign like any other."""
    left = [root]
    for each in left:  # grows while it is walked
        left.extend(members(each).values() if isinstance(each.value, dict) else ())
        left.extend(items(each) if isinstance(each.value, list) else ())
        start, end = (each.span.line, each.span.column), (each.span.end_line, each.span.end_column)
        if not isinstance(each.value, (dict, list)) and start <= (line, column) < end:
            return True
    return False


def accepted(findings: Iterable[Finding], ignores: Sequence[Ignore]) -> list[Finding]:
    """The findings, those that are accepted with the reason."""
    return [
        each._replace(accepted=next((ignore.reason for ignore in ignores if ignore.accepts(each)), None))
        for each in findings
    ]


def idle(
    ignores: Iterable[Ignore], findings: Sequence[Finding], made: Collection[str], known: Collection[str]
) -> Iterator[Found]:
    """Comments that name no check, or one of those `made` that finds nothing where they stand."""
    for ignore in ignores:
        if not ignore.checks:
            told = "this comment names no check; write `# servanda: ignore[check-id] reason`"
            yield Found(ignore.place, "ignore", told)
        for name in ignore.checks:
            if name not in known:
                yield Found(ignore.place, "ignore", f"there is no check {quoted(name)}{nearest(name, known)}")
            elif name in made and not any(ignore.accepts(each) and each.check.id == name for each in findings):
                yield Found(ignore.place, "ignore", f"{quoted(name)} finds nothing here")


def unexplained(subject: Subject) -> Iterator[Found]:
    """Comments without a reason."""
    for ignore in ignores_of(subject):
        if ignore.checks and not ignore.reason:
            told = "nothing says why; write the reason after the bracket"
            yield Found(ignore.place, "ignore", told)
