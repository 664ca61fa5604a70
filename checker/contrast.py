"""Two verdicts on the same facts side by side: the findings whose statuses differ."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple, TypeAlias, TypeVar

from checker.model import Fact
from checker.values import Value
from checker.verdict import Finding, Verdict

Key: TypeAlias = "tuple[str, tuple[Value | Fact, ...]]"  # a finding: its rule and subject
K = TypeVar("K", bound="tuple[str, tuple[object, ...]]")


class Turned(NamedTuple):
    """A finding that has two statuses; `silent` where there is none. `about`: the action or fact it speaks of."""

    rule: str
    about: str | None
    before: str
    after: str


def differing(before: Verdict, after: Verdict) -> tuple[Turned, ...]:
    """The findings on which two verdicts differ."""
    return tuple(each for _, each in apart(before, after))


def apart(before: Verdict, after: Verdict) -> Iterator[tuple[Key, Turned]]:
    """The same, each with its key."""
    then, now = _by_key(before), _by_key(after)
    keys = [key for key in sorted({**then, **now}, key=repr) if _status(then.get(key)) != _status(now.get(key))]
    for key in but_elements(keys):
        name = about(now.get(key) or then[key])
        yield key, Turned(key[0], name, _status(then.get(key)), _status(now.get(key)))


def but_elements(keys: Collection[K]) -> list[K]:
    """The findings (rule first, then what it speaks of) without those of a block's elements beside its own rule's."""
    told = set(keys)
    return [key for key in keys if (rule := key[0].partition("/")[0]) == key[0] or (rule, key[1]) not in told]


def _by_key(verdict: Verdict) -> dict[Key, Finding]:
    return {(finding.rule, finding.subject): finding for finding in verdict.findings}


def _status(finding: Finding | None) -> str:
    return "silent" if finding is None else finding.status


def about(finding: Finding) -> str | None:
    """What a finding speaks of, where that is more than its rule: the action, or else a fact or values."""
    return finding.action or finding.about or None
