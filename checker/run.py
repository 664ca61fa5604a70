"""Cases judged one after another, as the options of a run ask; one bad case is reported in its place.

What only the end of a run can tell (a rule selected that no pack has, a waiver that met nothing) is kept in `Seen`,
so that cases may be judged by several runs side by side and closed by one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TypeAlias

from checker.cache import open_pack_folder
from checker.case import agreement_of, read_case
from checker.choices import (
    day_of,
    day_of_judging,
    fixed_readings,
    limits_of,
    refuse_unknown_words,
    stamp,
    which_engine,
)
from checker.dates import Date
from checker.errors import TRACEBACK, CaseError, EngineError, Place, Problem, UsageError, nearest, quoted
from checker.judging import Asked, OpenPack, judge_case, open_pack
from checker.load import Document, Loaded, load_each, load_line
from checker.model import Case, text_in
from checker.options import DEFAULT_PACK, Options
from checker.results import Coverage, PackName, Results, Tally
from checker.retirement import retired_as
from checker.shelf import find_pack
from checker.sources import CaseLine, CaseSource, Piece, pieces, read, surveyed
from checker.supposing import Supposition
from checker.suppressions import Suppressor, Used, read_suppressions
from checker.verdict import Verdict

Answer: TypeAlias = "Verdict | Problem"  # a problem is of a file that could not even be named a case


@dataclass(slots=True)
class Seen:
    """What was met in some cases: packs by name, in their order; how many cases could not be read; what served."""

    packs: dict[str, None] = field(default_factory=dict)
    unread: int = 0
    used: Used = field(default_factory=Used)

    def add(self, later: Seen) -> None:
        """Add what was met in cases that come after these."""
        self.packs.update(later.packs)
        self.unread += later.unread
        self.used.waivers |= later.used.waivers
        self.used.entries |= later.used.entries
        self.used.judged |= later.used.judged


class Run:
    """A run over many cases; each pack is opened once. One that does not judge opens no pack for the engine."""

    def __init__(self, options: Options, day: Date | None = None, *, judges: bool = True) -> None:
        """Read what the options name. UsageError for a word that is not known, PackError for a bad pack."""
        self.options = options
        self.engine = which_engine(options.engine)
        self.with_engine = judges and self.engine != "referee"
        self.as_of = None if options.as_of is None else day_of(options.as_of)
        self.day = day_of_judging() if day is None else day
        self.limits = limits_of(options)
        self.packs: dict[str, OpenPack] = {}
        self.supposition = Supposition(options.assume, options.without)
        self.suppressor = Suppressor(read_suppressions(options, self.day))
        refuse_unknown_words(options)
        self.seen = Seen(used=self.suppressor.used)

    # --- cases ----------------------------------------------------------------

    def judge(self, sources: Iterable[CaseSource]) -> Results:
        """Every case of the sources judged."""
        if self.options.pack is not None:
            self.opened(self.options.pack)
        listed = (pieces(surveyed(source, self.limits.bytes), self.limits.bytes) for source in sources)
        answers = [answer for each in listed for piece in each for answer in self.answers(piece)]
        return self.closed(
            self.seen,
            tuple(each for each in answers if isinstance(each, Verdict)),
            tuple(each for each in answers if isinstance(each, Problem)),
        )

    def answers(self, piece: Piece) -> Iterator[Answer]:
        """The verdict on each case of a source, marked with what keeps its findings from failing the run."""
        for loaded, name in self._loaded(piece):
            if isinstance(loaded, Problem):
                yield loaded
            else:
                yield self.suppressor.marked(self._verdict(loaded, name))

    def take_seen(self) -> Seen:
        """What was met since this was last asked."""
        seen = self.seen
        self.suppressor.used = Used()
        self.seen = Seen(used=self.suppressor.used)
        return seen

    def _loaded(self, piece: Piece) -> Iterator[tuple[Loaded | Problem, str]]:
        if isinstance(piece, CaseLine):
            file, sha256, _ = piece.file
            where = {"line": piece.line, "index": piece.number - 1}
            yield load_line(piece.content, file, **where, sha256=sha256, limits=self.limits), piece.name
            return
        source = read(piece, self.limits.bytes)
        if source.content is None:
            yield Problem(Place(source.name), source.problem or "can't be read"), source.name
            return
        listed = load_each(source.content, source.name, limits=self.limits, format=source.format)
        for number, each in enumerate(listed, 1):
            yield each, f"{source.name}#{number}" if len(listed) > 1 else source.name

    def _verdict(self, loaded: Loaded, name: str) -> Verdict:
        if not isinstance(loaded, Document):
            self.seen.unread += 1
            return invalid(name, "", loaded, ())
        lines = loaded.lines
        try:
            opened = self._pack_of(loaded)
        except UsageError as error:
            if self.options.pack is not None or not self._is_about_pack(loaded):
                raise
            self.seen.unread += 1
            return invalid(name, loaded.sha256, (self._no_such_pack(loaded, error),), lines)
        supposed = self.supposition.of(opened.pack)  # what is wrong with it is wrong in every case, and ends the run
        try:
            case = read_case(loaded, opened.pack, name, self.as_of, self.day, supposed)
        except CaseError as error:
            self.seen.unread += 1
            return invalid(name, loaded.sha256, error.problems, lines)
        self.supposition.note(case, opened.pack)
        return self._judged(opened, case, loaded)

    def _judged(self, opened: OpenPack, case: Case, loaded: Document) -> Verdict:
        """The verdict on a case that could be read; a failure of the checker itself is one, too."""
        asked = self.asked(opened)  # what is wrong with it ends the run
        try:
            return judge_case(opened, case, loaded, asked)
        except CaseError as error:
            problems = error.problems
        except EngineError as error:
            problems = (Problem(Place(loaded.file), str(error)),)
        except Exception as error:
            if TRACEBACK in os.environ:
                raise
            problems = (Problem(Place(loaded.file), f"the checker itself failed: {type(error).__name__}: {error}"),)
        return invalid(case.name, loaded.sha256, problems, loaded.lines)

    def _is_about_pack(self, document: Document) -> bool:
        return agreement_of(document) is not None and agreement_of(document) not in self.packs

    def _no_such_pack(self, document: Document, error: UsageError) -> Problem:
        node = document.root.value["agreement"] if isinstance(document.root.value, dict) else document.root
        return Problem(document.place(node), str(error))

    def asked(self, opened: OpenPack) -> Asked:
        """What the options ask of each judgement."""
        options = self.options
        return Asked(
            engine=self.engine,
            readings=fixed_readings(opened.pack, options.readings),
            select=options.select,
            ignore=options.ignore,
            min_severity=options.min_severity,  # type: ignore[arg-type]  # checked in __init__
            min_basis=options.min_basis,
            language=options.lang,
            remedies=options.remedies,
            timeline=options.timeline,
        )

    def _pack_of(self, document: Document) -> OpenPack:
        name = self.options.pack or agreement_of(document) or DEFAULT_PACK
        opened = self.opened(name)
        self.seen.packs.setdefault(name)
        return opened

    def opened(self, name: str) -> OpenPack:
        """The pack of a name or folder, opened once."""
        if name not in self.packs:
            self.packs[name] = open_pack(open_pack_folder(find_pack(name)), with_engine=self.with_engine)
        return self.packs[name]

    # --- the whole run --------------------------------------------------------

    def closed(
        self,
        seen: Seen,
        verdicts: tuple[Verdict, ...],
        problems: tuple[Problem, ...],
        tally: Tally | None = None,
        *,
        partial: bool = False,
    ) -> Results:
        """What reports are made of. UsageError or CaseError where an option meant nothing that was met.

        Of a part of a run nobody knows that, nor what the waivers and the baseline are still good for.
        """
        names = [self.options.pack] if self.options.pack is not None else [*seen.packs]
        packs = [self.opened(name) for name in names or [DEFAULT_PACK]]
        results = self.results(packs, verdicts, problems)._replace(tally=tally, partial=partial)
        if partial:
            return self.suppressor.named(results)
        self._refuse_idle_globs(packs)
        self.supposition.refuse_unknown_types()
        if not problems and not seen.unread:  # else the one that has the id may be among the bad ones
            self.supposition.refuse_unknown_ids()
        rules = [rule for each in packs for rule in each.pack.rules]
        self.suppressor.used = seen.used
        return self.suppressor.closed(results, rules, self.options)

    def gate(self) -> Results:
        """The run without cases and packs, as far as the report of one case asks: its gate and its language."""
        return self.results([], (), ())

    def results(
        self, packs: Sequence[OpenPack], verdicts: tuple[Verdict, ...], problems: tuple[Problem, ...]
    ) -> Results:
        """Verdicts with what reports say of the packs; the first one is the run's."""
        options = self.options
        pack = packs[0].pack if packs else None
        covered = [each.coverage for each in packs]
        return Results(
            verdicts=verdicts,
            pack="" if pack is None else pack.id,
            pack_version="" if pack is None else pack.version,
            pack_title="" if pack is None else text_in(pack.title, options.lang),
            coverage=Coverage(sum(each.clauses for each in covered), sum(each.not_covered for each in covered)),
            fail_on=options.fail_on,
            min_severity=options.min_severity,  # type: ignore[arg-type]  # checked in __init__
            problems=problems,
            language=options.lang,
            sources={(each.pack.id, source.id): source for each in packs for source in each.pack.sources.values()},
            clauses={(each.pack.id, clause.id): clause for each in packs for clause in each.pack.clauses.values()},
            questions={
                (each.pack.id, question.id): question for each in packs for question in each.pack.readings.values()
            },
            stamp=stamp(),
            packs=tuple(
                PackName(each.pack.id, each.pack.version, text_in(each.pack.title, options.lang)) for each in packs
            ),
        )

    def _refuse_idle_globs(self, opened: Sequence[OpenPack]) -> None:
        """A rule that is selected or ignored must be one: a misspelt name would let a breach pass.

        To ignore a retired rule does no harm; to select nothing else would pass whatever comes.
        """
        packs = [each.pack for each in opened]
        rules = [rule for pack in packs for rule in pack.rules]
        for flag, globs in (("--select", self.options.select), ("--ignore", self.options.ignore)):
            for glob in globs:
                if any(fnmatchcase(rule, glob) for rule in rules):
                    continue
                gone = next((told for pack in packs if (told := retired_as(glob, pack.retired))), "")
                if gone and flag == "--ignore":
                    continue
                unknown = f"`{flag}` {quoted(glob)} matches no rule{nearest(glob, rules)}"
                message = f"`{flag}`: {gone}" if gone else unknown
                raise UsageError(message)


def invalid(name: str, sha256: str, problems: Iterable[Problem], lines: Sequence[str]) -> Verdict:
    """No verdict, and why."""
    return Verdict(name, sha256, "invalid", (), tuple(problems), (), (), (), None, lines)
