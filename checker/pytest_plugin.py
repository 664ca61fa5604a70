"""Cases as tests of pytest: `pytest --servanda PATH`, with PATH a file, a folder or a pack; repeatable.

A case with `expect:` passes where `servanda test` says so; one without it where `servanda check`, with the settings of
the folder and nothing else, would end with 0. pytest loads this module in every run of whoever installed Servanda:
besides pytest it imports nothing until `--servanda` is given.
"""

# ruff: noqa: PLC0415 - see above
from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from checker.collecting import CaseTest
    from checker.options import Options
    from checker.results import Results
    from checker.testing import Packs

MARK = "servanda"
_ENDINGS = frozenset({".yaml", ".yml", ".json", ".jsonl"})


class CaseFailed(Exception):  # noqa: N818 - not an error: it judged, and this came out
    """What a case came to; the text is the whole story, a line each."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option that asks for cases."""
    group = parser.getgroup("servanda", "cases of international agreements")
    about = "Judge the cases there too: a file, a folder or a pack. Repeatable."
    group.addoption("--servanda", action="append", default=[], metavar="PATH", help=about)


def pytest_configure(config: pytest.Config) -> None:
    """Go where the cases are, too, unless the run is told to look at some of them only."""
    config.addinivalue_line("markers", f"{MARK}: a case that Servanda judges (`--servanda`)")
    asked = config.getoption("servanda")
    if not asked:
        return
    places = config.stash[_PLACES] = tuple(_found(each) for each in asked)
    for place in places:
        named = [Path(config.invocation_params.dir, each.partition("::")[0]).resolve() for each in config.args]
        # Not one within the other: pytest before 9 then passes over the larger.
        if not any(place.is_relative_to(one) or one.is_relative_to(place) for one in named):
            config.args.append(str(place))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The cases of a file, if it is one of those asked about; a pack's own files hold none."""
    places = parent.config.stash.get(_PLACES, ())
    if file_path.suffix not in _ENDINGS or (file_path.parent / "pack.yaml").is_file():
        return None
    if not any(file_path.resolve().is_relative_to(place) for place in places):
        return None
    file: CaseFile = CaseFile.from_parent(parent, path=file_path)
    return file


class CaseFile(pytest.File):
    """A file of cases, an item for each document."""

    def collect(self) -> Iterator[CaseItem]:
        """The cases, by number where there are several, and by title."""
        from checker.collecting import collect
        from checker.errors import printable

        for number, test in enumerate(collect((str(self.path),))):
            which = test.name.removeprefix(test.place.file)
            name = " ".join(filter(None, (which, printable(test.title)))) or self.path.name
            yield CaseItem.from_parent(self, name=name, test=test, number=number)

    @cached_property
    def results(self) -> Results:
        """The file judged as `servanda check` would; a verdict for each document."""
        from checker.api import judge
        from checker.sources import Search, find_cases

        options = _options()
        limit = options.max_bytes or _usual_bytes()
        return judge(find_cases((os.path.relpath(self.path),), Search(None, limit)), options)


class CaseItem(pytest.Item):
    """One case."""

    parent: CaseFile

    def __init__(self, *, test: CaseTest, number: int, **rest: object) -> None:
        """Mark it, and let `-k` find it by the rules that it expects something of."""
        from checker.collecting import expected
        from checker.load import Document

        super().__init__(**rest)  # type: ignore[arg-type]  # what pytest gives
        self.test, self.number = test, number
        self.add_marker(MARK)
        if isinstance(test.loaded, Document):
            self.extra_keyword_matches.update(expected(test.loaded))

    def runtest(self) -> None:
        """Judge it; CaseFailed where it fails."""
        from checker.commands.written import reasons
        from checker.errors import CheckerError

        try:
            told = "\n".join(self._against_what_it_expects() if self._expects() else self._as_checked())
        except CheckerError as error:
            told = "\n".join(reasons(error))
        if told:
            raise CaseFailed(told)

    def _expects(self) -> bool:
        from checker.load import Document
        from checker.reader import members

        return isinstance(self.test.loaded, Document) and "expect" in members(self.test.loaded.root)

    def _against_what_it_expects(self) -> Iterator[str]:
        from checker.report.trial import failure
        from checker.testing import Judged, failures_of, judged

        found = judged(self.test, _packs(self.config))
        problems = found.problems if isinstance(found, Judged) else found
        yield from map(failure, failures_of(self.test, problems))

    def _as_checked(self) -> Iterator[str]:
        from checker.exits import PASSED
        from checker.gate import exit_status
        from checker.report import concise
        from checker.terminal import Look

        whole = self.parent.results
        mine = whole._replace(verdicts=whole.verdicts[self.number : self.number + 1])
        if exit_status(mine) != PASSED:
            yield concise.render(mine, Look(quiet=True)).rstrip("\n")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: None = None) -> str:  # type: ignore[override]  # narrower
        """What came out, without a traceback; that belongs to failures of the checker itself."""
        if isinstance(excinfo.value, CaseFailed):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where it is written; pytest counts lines from 0."""
        return self.path, self.test.place.line - 1, self.name


_PLACES: pytest.StashKey[tuple[Path, ...]] = pytest.StashKey()
_PACKS: pytest.StashKey[Packs] = pytest.StashKey()


def _found(spelt: str) -> Path:
    """The file or folder named, or the tests of the pack."""
    from checker.errors import UsageError
    from checker.shelf import find_pack

    path = Path(spelt)
    try:
        if not path.exists() or (path / "pack.yaml").is_file():
            path = find_pack(spelt) / "tests"
    except UsageError as error:
        message = f"--servanda: {error}"
        raise pytest.UsageError(message) from None
    return path.resolve()


def _packs(config: pytest.Config) -> Packs:
    """The packs of the run, each opened once."""
    from checker.api import which_engine
    from checker.testing import Packs

    if _PACKS not in config.stash:
        config.stash[_PACKS] = Packs(which_engine(None), _options().pack)
    return config.stash[_PACKS]


def _options() -> Options:
    """What `servanda check` is asked where only settings ask."""
    from checker.commands.flags import reading_of
    from checker.options import Options
    from checker.settings import parameters

    settings = parameters("check", os.environ, Path.cwd())
    lists = {name: tuple(value) for name, value in settings.items() if isinstance(value, list)}
    stated = {name: value for name, value in {**settings, **lists}.items() if name in Options._fields}
    readings = tuple(map(reading_of, lists.get("reading", ())))
    return Options()._replace(**{**stated, "readings": readings, "remedies": False})  # type: ignore[arg-type]  # by name


def _usual_bytes() -> int:
    from checker.load_tree import Limits

    return Limits().bytes
