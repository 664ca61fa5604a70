"""The line, composed: what the command line and programs call.

`load_pack` and `check` are for programs; `judge` takes a whole run of sources, in
which one bad case is reported in its place and the others are still judged.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from checker.agenda import Agenda, agenda
from checker.cache import open_pack_folder
from checker.case import agreement_of, read_case
from checker.choices import day_of, day_of_judging, engine_note, fixed_readings, limits_of, which_engine
from checker.dates import Date
from checker.engine import available
from checker.errors import CaseError, Place, Problem, UsageError, nearest, quoted
from checker.json_text import dumps
from checker.judging import Asked, OpenPack, judge_case, names, open_pack
from checker.load import Document, load, load_file
from checker.model import LANGUAGES
from checker.options import DEFAULT_PACK, Options
from checker.periods import has_term
from checker.results import Results
from checker.retirement import retired_as
from checker.run import Run
from checker.shelf import find_pack
from checker.sources import CaseSource
from checker.speech import speech
from checker.story import Span, Story, story
from checker.supposing import Supposition
from checker.suppressions import waived
from checker.verdict import Verdict

__all__ = [
    "agreement_of",
    "calendar",
    "check",
    "day_of",
    "day_of_judging",
    "engine_note",
    "explain",
    "judge",
    "limits_of",
    "load_pack",
    "which_engine",
]


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
    asked = Asked(
        which_engine(engine),
        fixed_readings(pack.pack, tuple((readings or {}).items())),
        language=lang,
        remedies=remedies,
    )
    verdict = judge_case(pack, read, document, asked)
    return verdict if waivers is None else waived(verdict, os.fspath(waivers), day_of_judging())


def judge(sources: Iterable[CaseSource], options: Options) -> Results:
    """Judge every case of a run. UsageError for a wrong option, PackError for a bad pack that was asked for by name."""
    return Run(options).judge(sources)


def calendar(options: Options, source: CaseSource | None) -> Agenda:
    """The dates from a day on: of the pack's term and, where a case is named, of what that leaves to be done."""
    run = Run(options if source else options._replace(engine="referee"))  # definitions alone ask for no engine
    spoken = speech(options.lang)
    if source is None:
        opened = run.opened(options.pack or DEFAULT_PACK)
        if not has_term(opened.pack):
            message = f"`{opened.pack.id}` says nothing of a term: it has no `term` block; a case tells what is due"
            raise UsageError(message)
        return agenda(opened, run.as_of or day_of_judging(), run.asked(opened), spoken.naming(opened.pack.names))
    document = _one_of(source, options)
    opened = run.opened(options.pack or agreement_of(document) or DEFAULT_PACK)
    case = read_case(document, opened.pack, source.name, run.as_of, day_of_judging())
    return agenda(opened, case.as_of, run.asked(opened), spoken.naming(opened.pack.names), (case, document))


def explain(
    source: CaseSource, options: Options, rule: str | None, *, readings: bool, timeline: str | None
) -> tuple[Results, Story]:
    """One case judged with everything shown, and its story: with a rule, why that one says what it says, or nothing."""
    run = Run(options)
    document = _one_of(source, options)
    opened = run.opened(options.pack or agreement_of(document) or DEFAULT_PACK)
    known = opened.pack.rules
    if rule is not None and rule not in known:
        gone = retired_as(rule, opened.pack.retired)
        message = gone or f"`{opened.pack.id}` has no rule {quoted(rule)}{nearest(rule, known)}"
        raise UsageError(message)
    case = read_case(document, opened.pack, source.name, run.as_of, day_of_judging())
    asked = run.asked(opened)
    span = None if timeline is None else _span(timeline)
    spoken = speech(options.lang)
    rules = [rule] if rule is not None else list(known)
    verdict, told = story(opened, case, document, asked, rules, readings=readings, span=span, speech=spoken)
    if rule is not None:
        verdict = verdict._replace(findings=tuple(each for each in verdict.findings if names(rule, each.rule)))
    return run.results([opened], (verdict,), ()), told


def _span(text: str) -> Span:
    first, dots, last = text.partition("..")
    if not dots or day_of(first) > day_of(last):
        message = f"--timeline: {quoted(text)} is not of the form FROM..TO, two days such as 2043-01-01..2044-12-31"
        raise UsageError(message)
    return Span(day_of(first), day_of(last))


def _document(case: str | os.PathLike[str] | Mapping[str, object]) -> Document:
    if isinstance(case, Mapping):
        documents = load(dumps(case, spelt=str), "<mapping>", error=CaseError, format="json")
    elif isinstance(case, str) and ("\n" in case or case.lstrip().startswith("{")):
        documents = load(case, "<text>", error=CaseError)
    else:
        documents = load_file(os.fspath(case), error=CaseError)
    return _only(documents)


def _one_of(source: CaseSource, options: Options) -> Document:
    """The one case of a source."""
    if source.content is None:
        raise CaseError([Problem(Place(source.name), source.problem or "can't be read")])
    limits = limits_of(options)
    return _only(load(source.content, source.name, error=CaseError, limits=limits, format=source.format))


def _only(documents: tuple[Document, ...]) -> Document:
    if len(documents) != 1:
        raise CaseError([Problem(documents[1].place(documents[1].root), "there are several cases here; one is wanted")])
    return documents[0]
