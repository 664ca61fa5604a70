"""What a check is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, NamedTuple

from checker.errors import Place, Problem
from checker.lint.subject import Subject
from checker.model import SEVERITIES, Severity

Needs = Literal["nothing", "test results", "solver"]
FailOn = Literal["error", "warning", "note", "never"]
FAIL_ON: tuple[FailOn, ...] = ("error", "warning", "note", "never")


class Found(NamedTuple):
    """A fault: where it is, what is at fault (a rule's id, a type's name, a test), and what is wrong, in a line.

    `case`: a test, in YAML, that shows it; '' where there is none.
    """

    place: Place
    about: str
    message: str
    case: str = ""


class Check(NamedTuple):
    """A check: its id, how bad what it finds is, what it looks for, what to do about that, and what it needs.

    `find` is None where the runner itself looks.
    """

    id: str
    severity: Severity
    summary: str
    fix: str
    find: Callable[[Subject], Iterable[Found]] | None
    needs: Needs = "nothing"


class Finding(NamedTuple):
    """What a check found in a pack; `accepted` is the reason that stands beside it for leaving it, None: none does."""

    check: Check
    place: Place
    about: str
    message: str
    accepted: str | None = None
    case: str = ""


class LintedPack(NamedTuple):
    """A pack that was looked at, what was found in it in the order of places, and the lines of its files."""

    id: str
    version: str
    sha256: str
    findings: tuple[Finding, ...]
    texts: Mapping[str, tuple[str, ...]]


class Linted(NamedTuple):
    """A whole run: packs, what could not be read, the checks made, and those asked for that could not be made.

    `fail_on`: the severity that fails, with all worse; `never` for none.
    """

    packs: tuple[LintedPack, ...]
    problems: tuple[Problem, ...]
    checks: tuple[Check, ...]
    unchecked: tuple[Check, ...]
    fail_on: FailOn = "warning"

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings that nobody accepted."""
        return tuple(each for pack in self.packs for each in pack.findings if each.accepted is None)

    def fails(self, finding: Finding) -> bool:
        """Whether the finding alone makes the run fail."""
        if finding.accepted is not None or self.fail_on == "never":
            return False
        return SEVERITIES.index(finding.check.severity) >= SEVERITIES.index(self.fail_on)
