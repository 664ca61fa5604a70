"""The line, composed: what the command line and programs call.

`load_pack` and `check` are for programs; `judge` takes a whole run of sources, in
which one bad case is reported in its place and the others are still judged.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from checker.agenda import Agenda, agenda
from checker.cache import open_pack_folder
from checker.case import agreement_of, read_case
from checker.dates import Date, from_timestamp, instant, parse_date, today
from checker.engine import available
from checker.errors import CaseError, EngineError, Place, Problem, UsageError, nearest, quoted
from checker.judging import Asked, OpenPack, judge_case, names, open_pack
from checker.load import Document, Limits, load, load_each, load_file
from checker.model import BASES, LANGUAGES, SEVERITIES, Severity, text_in
from checker.options import DEFAULT_PACK, ENGINES, FAIL_ON, Options
from checker.periods import has_term
from checker.retirement import retired_as
from checker.shelf import find_pack
from checker.sources import CaseSource
from checker.speech import speech
from checker.story import Span, Story, story
from checker.supposing import Supposition
from checker.suppressions import read_suppressions, suppressed, waived
from checker.verdict import Results, Verdict


def load_pack(name: str | os.PathLike[str]) -> OpenPack:
    """Open a pack by the name of a shipped one or by its folder; PackError lists every problem with its place.

    The result is immutable, compiled once, and safe to share between threads.
    """
    return open_pack(open_pack_folder(find_pack(os.fspath(name))), with_engine=available())


def check(  # noqa: PLR0913 - one for each thing that can be asked
    case: str | os.PathLike[str] | Mapping[str, object],
    pack: OpenPack,
    *,
    as_of: str | Date | None = None,
    readings: Mapping[str, str] | None = None,
    engine: str | None = None,
    lang: str = "en",
    remedies: bool = True,
    assume: Iterable[str | Mapping[str, object]] = (),
    without: Iterable[str] = (),
    waivers: str | os.PathLike[str] | None = None,
) -> Verdict:
    """Judge one case: a path, the text of a case (YAML or JSON), or a mapping.

    `as_of` is a day (text or Date), `readings` fixes questions to options, `engine` is both, durable or referee,
    `lang` (en, ru or zh) the language of the sentences; `remedies`: look for what would put failing findings right.
    `assume` adds facts as a case spells them (text or mapping; an action is a proposed one), `without` leaves out the
    facts and actions with these ids. `waivers` is a file of them; a finding that one covers today has it.
    CaseError lists everything wrong with the case; EngineError says there is no answer.
    """
    document = _document(case)
    day = day_of(as_of) if isinstance(as_of, str) else as_of
    supposition = Supposition(assume, without)
    read = read_case(document, pack.pack, document.file, day, day_of_judging(), supposition.of(pack.pack))
    supposition.note(read, pack.pack)
    supposition.refuse_unknown_types()
    supposition.refuse_unknown_ids()
    if lang not in LANGUAGES:
        message = f"unknown language {quoted(lang)}{nearest(lang, LANGUAGES)}"
        raise UsageError(message)
    asked = Asked(which_engine(engine), _fixed(pack, tuple((readings or {}).items())), language=lang, remedies=remedies)
    verdict = judge_case(pack, read, document, asked)
    return verdict if waivers is None else waived(verdict, os.fspath(waivers), day_of_judging())


def judge(sources: Iterable[CaseSource], options: Options) -> Results:
    """Judge every case of a run. UsageError for a wrong option, PackError for a bad pack that was asked for by name."""
    return _Run(options).results(sources)


def calendar(options: Options, source: CaseSource | None) -> Agenda:
    """The dates from a day on: of the pack's term and, where a case is named, of what that leaves to be done."""
    run = _Run(options if source else options._replace(engine="referee"))  # definitions alone ask for no engine
    spoken = speech(options.lang)
    if source is None:
        opened = run.opened(options.pack or DEFAULT_PACK)
        if not has_term(opened.pack):
            message = f"`{opened.pack.id}` says nothing of a term: it has no `term` block; a case tells what is due"
            raise UsageError(message)
        return agenda(opened, run.as_of or day_of_judging(), run.asked(opened), spoken.naming(opened.pack.names))
    if source.content is None:
        raise CaseError([Problem(Place(source.name), source.problem or "can't be read")])
    limits = limits_of(options)
    document = _only(load(source.content, source.name, error=CaseError, limits=limits, format=source.format))
    opened = run.opened(options.pack or agreement_of(document) or DEFAULT_PACK)
    case = read_case(document, opened.pack, source.name, run.as_of, day_of_judging())
    return agenda(opened, case.as_of, run.asked(opened), spoken.naming(opened.pack.names), (case, document))


def explain(
    path: str, options: Options, rule: str | None, *, readings: bool, timeline: str | None
) -> tuple[Results, Story]:
    """One case judged with everything shown, and its story: with a rule, why that one says what it says, or nothing."""
    run = _Run(options)
    document = _document(path if path == "-" else Path(path))
    opened = run.opened(options.pack or agreement_of(document) or DEFAULT_PACK)
    known = opened.pack.rules
    if rule is not None and rule not in known:
        gone = retired_as(rule, opened.pack.retired)
        message = gone or f"`{opened.pack.id}` has no rule {quoted(rule)}{nearest(rule, known)}"
        raise UsageError(message)
    case = read_case(document, opened.pack, path, run.as_of, day_of_judging())
    asked = run.asked(opened)
    span = None if timeline is None else _span(timeline)
    spoken = speech(options.lang)
    rules = [rule] if rule is not None else list(known)
    verdict, told = story(opened, case, document, asked, rules, readings=readings, span=span, speech=spoken)
    if rule is not None:
        verdict = verdict._replace(findings=tuple(each for each in verdict.findings if names(rule, each.rule)))
    return run.told(opened, (verdict,), ()), told


def _span(text: str) -> Span:
    first, dots, last = text.partition("..")
    if not dots or day_of(first) > day_of(last):
        message = f"--timeline: {quoted(text)} is not of the form FROM..TO, two days such as 2043-01-01..2044-12-31"
        raise UsageError(message)
    return Span(day_of(first), day_of(last))


def which_engine(asked: str | None) -> str:
    """The engines to judge with: both where durable-rules imports, else the referee."""
    if asked is None:
        return "both" if available() else "referee"
    if asked not in ENGINES:
        message = f"unknown engine {quoted(asked)}{nearest(asked, ENGINES)}"
        raise UsageError(message)
    if asked != "referee" and not available():
        message = f"`--engine {asked}` needs durable-rules, which does not import here; use `--engine referee`"
        raise UsageError(message)
    return asked


def engine_note(asked: str | None) -> str | None:
    """What to tell a user whose Python has no durable-rules, or None."""
    if asked is not None or available():
        return None
    return "durable-rules does not import here (it builds on Python 3.10 to 3.12); the referee judges alone"


def limits_of(options: Options) -> Limits:
    """How much is read before the answer is no."""
    raised = {
        "bytes": options.max_bytes,
        "depth": options.max_depth,
        "nodes": options.max_nodes,
        "aliases": options.max_aliases,
    }
    return Limits(**{name: value for name, value in raised.items() if value is not None})


def day_of_judging() -> Date:
    """Today in UTC, or the day SOURCE_DATE_EPOCH says."""
    stamp = os.environ.get("SOURCE_DATE_EPOCH", "")
    return from_timestamp(int(stamp)) if stamp.isdigit() else today()


def _stamp() -> str | None:
    """The time that SOURCE_DATE_EPOCH says."""
    stamp = os.environ.get("SOURCE_DATE_EPOCH", "")
    return instant(int(stamp)) if stamp.isdigit() else None


def _document(case: str | os.PathLike[str] | Mapping[str, object]) -> Document:
    if isinstance(case, Mapping):
        documents = load(json.dumps(case, default=str), "<mapping>", error=CaseError, format="json")
    elif isinstance(case, str) and ("\n" in case or case.lstrip().startswith("{")):
        documents = load(case, "<text>", error=CaseError)
    else:
        documents = load_file(os.fspath(case), error=CaseError)
    return _only(documents)


def _only(documents: tuple[Document, ...]) -> Document:
    if len(documents) != 1:
        raise CaseError([Problem(documents[1].place(documents[1].root), "there are several cases here; one is wanted")])
    return documents[0]


def day_of(text: str) -> Date:
    """The day that a text spells; UsageError where it spells none."""
    day = parse_date(text)
    if day is None:
        message = f"{quoted(text)} is no day; write year-month-day such as 2026-11-21"
        raise UsageError(message)
    return day


def _fixed(opened: OpenPack, readings: tuple[tuple[str, str], ...]) -> dict[str, str]:
    known = opened.pack.readings
    for name, option in readings:
        if name not in known:
            message = f"`{opened.pack.id}` has no reading {quoted(name)}{nearest(name, known)}"
            raise UsageError(message)
        if option not in known[name].options:
            options = ", ".join(known[name].options)
            message = f"{quoted(option)} is no option of `{name}`: {options}{nearest(option, known[name].options)}"
            raise UsageError(message)
    return dict(readings)


class _Run:
    """A run over many cases; each pack is opened once."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.engine = which_engine(options.engine)
        self.as_of = None if options.as_of is None else day_of(options.as_of)
        self.packs: dict[str, OpenPack] = {}
        self.supposition = Supposition(options.assume, options.without)
        self.suppressions = read_suppressions(options, day_of_judging())
        self.read = 0  # cases
        for what, word, known in (
            ("status", options.fail_on, FAIL_ON),
            ("severity", options.min_severity, SEVERITIES),
            ("basis", options.min_basis or BASES[0], BASES),
            ("language", options.lang, LANGUAGES),
        ):
            if word not in known:
                message = f"unknown {what} {quoted(word)}{nearest(word, known)}"
                raise UsageError(message)

    def results(self, sources: Iterable[CaseSource]) -> Results:
        verdicts: list[Verdict] = []
        problems: list[Problem] = []
        if self.options.pack is not None:
            self.opened(self.options.pack)
        for source in sources:
            if source.content is None:
                problems.append(Problem(Place(source.name), source.problem or "can't be read"))
                continue
            loaded = load_each(source.content, source.name, limits=limits_of(self.options), format=source.format)
            many = len(loaded) > 1
            for number, each in enumerate(loaded, 1):
                verdicts.append(self._verdict(each, f"{source.name}#{number}" if many else source.name))
        opened = next(iter(self.packs.values()), None) or self.opened(self.options.pack or DEFAULT_PACK)
        self._refuse_idle_globs()
        self.supposition.refuse_unknown_types()
        if not problems and self.read == len(verdicts):  # else the one that has the id may be among the bad ones
            self.supposition.refuse_unknown_ids()
        rules = [rule for each in self.packs.values() for rule in each.pack.rules]
        return suppressed(self.told(opened, tuple(verdicts), tuple(problems)), self.suppressions, rules, self.options)

    def told(self, opened: OpenPack, verdicts: tuple[Verdict, ...], problems: tuple[Problem, ...]) -> Results:
        """What reports are made of."""
        severity: Severity = self.options.min_severity  # type: ignore[assignment]  # checked in __init__
        return Results(
            verdicts=verdicts,
            pack=opened.pack.id,
            pack_version=opened.pack.version,
            pack_title=text_in(opened.pack.title, self.options.lang),
            coverage=opened.coverage,
            fail_on=self.options.fail_on,
            min_severity=severity,
            problems=problems,
            language=self.options.lang,
            sources={
                (each.pack.id, source.id): source
                for each in self.packs.values()
                for source in each.pack.sources.values()
            },
            clauses={
                (each.pack.id, clause.id): clause
                for each in self.packs.values()
                for clause in each.pack.clauses.values()
            },
            questions={
                (each.pack.id, question.id): question
                for each in self.packs.values()
                for question in each.pack.readings.values()
            },
            stamp=_stamp(),
        )

    def _refuse_idle_globs(self) -> None:
        """A rule that is selected or ignored must be one: a misspelt name would let a breach pass.

        To ignore a retired rule does no harm; to select nothing else would pass whatever comes.
        """
        packs = [opened.pack for opened in self.packs.values()]
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

    def _verdict(self, loaded: Document | tuple[Problem, ...], name: str) -> Verdict:
        if not isinstance(loaded, Document):
            return _invalid(name, "", loaded, ())
        lines = loaded.lines
        try:
            opened = self.opened(self.options.pack or agreement_of(loaded) or DEFAULT_PACK)
        except UsageError as error:
            if self.options.pack is not None or not self._is_about_pack(loaded):
                raise
            return _invalid(name, loaded.sha256, (self._no_such_pack(loaded, error),), lines)
        supposed = self.supposition.of(opened.pack)  # what is wrong with it is wrong in every case, and ends the run
        try:
            case = read_case(loaded, opened.pack, name, self.as_of, day_of_judging(), supposed)
            self.supposition.note(case, opened.pack)
            self.read += 1
            return judge_case(opened, case, loaded, self.asked(opened))
        except CaseError as error:
            return _invalid(name, loaded.sha256, error.problems, lines)
        except EngineError as error:
            return _invalid(name, loaded.sha256, (Problem(Place(loaded.file), str(error)),), lines)

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
            readings=_fixed(opened, options.readings),
            select=options.select,
            ignore=options.ignore,
            min_severity=options.min_severity,  # type: ignore[arg-type]  # checked in __init__
            min_basis=options.min_basis,
            language=options.lang,
            remedies=options.remedies,
            timeline=options.timeline,
        )

    def opened(self, name: str) -> OpenPack:
        """The pack of a name or folder, opened once."""
        if name not in self.packs:
            pack = open_pack_folder(find_pack(name))
            self.packs[name] = open_pack(pack, with_engine=self.engine != "referee")
        return self.packs[name]


def _invalid(name: str, sha256: str, problems: tuple[Problem, ...], lines: tuple[str, ...]) -> Verdict:
    return Verdict(name, sha256, "invalid", (), tuple(problems), (), (), (), None, lines)
