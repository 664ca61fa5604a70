"""The checker's own sentences in English, Russian and Chinese: catalogues in step, plurals, locales, whole reports."""

from __future__ import annotations

import gettext
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any

import catalogues
import pytest
from babel.messages.catalog import Message
from sample_results import everything

from checker import check, load_pack
from checker.api import judge
from checker.dates import Duration
from checker.engine import available
from checker.errors import UsageError
from checker.evidence import evidence
from checker.judging import OpenPack
from checker.messages import duration_words, wanted
from checker.model import LANGUAGES, text_in
from checker.options import Options
from checker.relations import relations
from checker.report import FORMATS, finding, gitlab, graph_svg, rulebook, rulebook_markdown, site, trial, words
from checker.report.entry import Known, entry
from checker.report.words import distance
from checker.results import Coverage, Results
from checker.sources import CaseSource
from checker.speech import ENGLISH, Speech, language_of, speech
from checker.terminal import Look, columns, wrap
from checker.testing import run_tests
from checker.verdict import Missing

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests" / "golden"
SPOKEN = ROOT / "tests" / "packs" / "spoken"
RELATED = ROOT / "tests" / "packs" / "related"
OTHERS = catalogues.LANGUAGES
CASES = sorted(ROOT.glob("examples/*.yaml"))


@pytest.fixture(autouse=True)
def _in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def results_of(path: Path, language: str, pack: str | None = None) -> Results:
    """A case judged and told in a language, its file named as a user would name it."""
    source = CaseSource(path.relative_to(ROOT).as_posix(), path.read_bytes(), "yaml", None)
    spoken_pack = SPOKEN in path.parents  # small: there is time for remedies, and for the slower evaluator
    engine = "referee" if spoken_pack or not available() else "durable"
    return judge([source], Options(pack=pack, lang=language, engine=engine, remedies=spoken_pack))


def text_of(path: Path, language: str, look: Look = Look(), pack: str | None = None) -> str:  # noqa: B008 - frozen
    return FORMATS["text"](results_of(path, language, pack), look)


# --- catalogues -----------------------------------------------------------------


@cache
def catalogue(language: str) -> dict[str, Message]:
    """The translations of a language by their English sentence, the singular where there are two."""
    return {_key(each): each for each in catalogues.read(language) if each.id}


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _places(sentence: str) -> list[tuple[str, str, str | None]]:
    """What a sentence leaves open: name, format and conversion of each place, in the order of names."""
    return sorted((name, form or "", how) for _, name, form, how in Formatter().parse(sentence) if name is not None)


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogue_has_what_the_code_says_and_nothing_else(language: str) -> None:
    said = {_key(each): each.id for each in catalogues.sentences() if each.id}
    assert {name: each.id for name, each in catalogue(language).items()} == said, "run `python tests/catalogues.py`"


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated_in_every_form(language: str) -> None:
    forms = {"ru": 3, "zh": 1}[language]
    for each in catalogue(language).values():
        told = catalogues.texts(each)
        assert len(told) == (1 if isinstance(each.id, str) else forms), each.id
        assert all(text.strip() for text in told), each.id
        assert not each.fuzzy, each.id


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_places_of_its_sentence(language: str) -> None:
    for each in catalogue(language).values():
        ids = (each.id,) if isinstance(each.id, str) else each.id
        for text in (*ids, *catalogues.texts(each)):
            assert _places(text) == _places(ids[0]), text
            assert all(name.isidentifier() and not form and not how for name, form, how in _places(text)), text


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_compiled_is_what_is_edited(language: str) -> None:
    fresh = gettext.GNUTranslations(BytesIO(catalogues.compiled(catalogues.read(language))))
    with catalogues.path_of(language, "mo").open("rb") as file:
        kept = gettext.GNUTranslations(file)
    assert _entries(kept) == _entries(fresh), "run `python tests/catalogues.py`"
    assert kept.info()["plural-forms"] == fresh.info()["plural-forms"]


def _entries(translations: Any) -> dict[object, str]:
    return {name: text for name, text in translations._catalog.items() if name}  # noqa: SLF001 - it offers no list


def test_chinese_sentences_have_chinese_marks() -> None:
    for each in catalogue("zh").values():
        for text in catalogues.texts(each):
            bare = re.sub(r"`[^`]*`|\{severity\}\[\{rule\}\]|--show all|00:00 UTC", "", text)
            assert not re.search(r"[,;:!?()]|\.$|\.(?=[^0-9])", bare), text


def test_russian_sentences_have_no_latin_look_alikes() -> None:
    for each in catalogue("ru").values():
        for text in catalogues.texts(each):
            bare = re.sub(r"\{\w+\}|`[^`]*`|--show all|UTC", "", text)
            assert not re.search("[A-Za-z]", bare), text


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_that_is_said_was_found_in_the_code(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence put together before it is said is in no catalogue, and nothing else would notice."""
    strict = Speech(language, _Strict(language))
    for module in (finding, gitlab, *map(sys.modules.get, ("checker.report.concise", "checker.report.json"))):
        monkeypatch.setattr(module, "speech", lambda _: strict)
    monkeypatch.setattr("checker.judging.speech", lambda _: strict)
    shown = [everything()._replace(language=language)]
    shown += [results_of(path, language, str(SPOKEN)) for path in sorted((SPOKEN / "tests").glob("*.yaml"))]
    for each in shown:
        for format_ in FORMATS.values():
            format_(each, Look(show_all=True))
    pack = load_pack(RELATED).pack
    related, exhibits = relations(pack), evidence(pack, pack.rules)
    known = {name: Known(related[name], exhibits[name], ("- a block",)) for name in pack.rules}
    site.pages(pack, known, strict, draws=graph_svg.available())
    for rule in pack.rules.values():
        told = entry(rule, pack, Known(related[rule.id], exhibits[rule.id]), strict)
        rulebook.page(told, Look(), strict)
        rulebook_markdown.page(told, pack, strict)
    rulebook.overview(pack, Look(), strict)
    rulebook.by_basis(pack, Look(), strict)
    trial.render(run_tests((str(SPOKEN),)), Look(), 100, strict)
    for number in (0, 1, 2):
        words.closing(Coverage(2 * number, number), strict)


class _Strict(gettext.NullTranslations):
    """A catalogue in which everything must be found."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.sentences = {*catalogue(language), "{value}"}

    def gettext(self, message: str) -> str:
        assert message in self.sentences, message
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        assert msgid1 in self.sentences, msgid1
        return msgid1 if n == 1 else msgid2


# --- sentences ------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "value", ["{fact}", "{", "}", "{{}}", "%s %(fact)s %", "{0.__class__}", "{field!r:>9}", "\\u4e00"]
)
def test_what_is_put_in_is_never_read_as_a_sentence(language: str, value: str) -> None:
    told = speech(language).say("what is `{field}` of {fact}?", field=value, fact=value)
    assert told.count(value) == 2
    assert value in speech(language).many("{number} {of_clauses} is not covered by rules", "x", 1, of_clauses=value)


@pytest.mark.parametrize(
    ("duration", "ru", "zh"),
    [
        ("P0D", "0 дней", "0 天"),
        ("P1D", "1 день", "1 天"),
        ("P2D", "2 дня", "2 天"),
        ("P5D", "5 дней", "5 天"),
        ("P11D", "11 дней", "11 天"),
        ("P21D", "21 день", "21 天"),
        ("P112D", "112 дней", "112 天"),
        ("P1Y", "1 год", "1 年"),
        ("P2Y", "2 года", "2 年"),
        ("P20Y", "20 лет", "20 年"),
        ("P18M", "18 месяцев", "18 个月"),
        ("P3M", "3 месяца", "3 个月"),
        ("P1Y10D", "1 год и 10 дней", "1 年零 10 天"),
    ],
)
def test_durations(duration: str, ru: str, zh: str) -> None:
    years, months, days = (int((re.search(rf"([0-9]+){unit}", duration) or "00")[1]) for unit in "YMD")
    value = Duration(years * 12 + months, days)
    assert [duration_words(value, speech(language)) for language in OTHERS] == [ru, zh]


@pytest.mark.parametrize(
    ("by", "op", "ru", "zh"),
    [
        ("P45D", "on-or-before", "позже на 45 дней", "迟 45 天"),
        ("P1D", "before", "позже на 1 день", "迟 1 天"),
        ("P2D", "on-or-after", "раньше на 2 дня", "早 2 天"),
        ("2", "at-most", "больше на 2", "多 2"),
        ("1", "more-than", "меньше на 1", "少 1"),
        ("P30D", "at-least", "короче на 30 дней", "短 30 天"),
        ("P3D", "is", "расхождение в 3 дня", "相差 3 天"),
        ("4", "is", "расхождение: 4", "相差 4"),
    ],
)
def test_distances(by: str, op: str, ru: str, zh: str) -> None:
    assert [distance(by, op, speech(language)) for language in OTHERS] == [ru, zh]


def test_what_is_wanted() -> None:
    assert wanted("in", ["a", "b", "c"], speech("ru")) == "a или b или c"
    assert wanted("on-or-before", [5], speech("zh")) == "不晚于 5"
    assert wanted("is", ["{x}"], speech("ru")) == "{x}"


@pytest.mark.parametrize(
    ("clauses", "uncovered", "told"),
    [
        (31, 1, "1 из 31 положения не охвачено правилами"),
        (27, 2, "2 из 27 положений не охвачены правилами"),
        (27, 11, "11 из 27 положений не охвачены правилами"),
        (27, 21, "21 из 27 положений не охвачено правилами"),
        (21, 0, "правилами охвачены все известные своду положения (21)"),
    ],
)
def test_russian_numbers_agree(clauses: int, uncovered: int, told: str) -> None:
    assert words.uncovered(clauses, uncovered, speech("ru")) == told


def test_things_have_names_only_where_sentences_name_them() -> None:
    verdict = check(SPOKEN / "tests" / "violated.yaml", spoken(), lang="ru")
    told = json.loads(verdict.to_json())["findings"][0]
    assert told["message"].startswith("Россия не представляет уведомления")
    assert (told["by"], told["towards"], told["bindings"]["party"]) == ("russia", "china", "russia")
    assert verdict.findings[0].by_name == "Россия"
    assert Speech("ru", names={"x": {"en": "Ex"}}).name("x") == "Ex"
    assert ENGLISH.name("russia") == "russia"


def spoken() -> OpenPack:
    return load_pack(SPOKEN)


# --- which language -------------------------------------------------------------


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "zh_CN.GB18030"}, "zh"),
        ({"LANG": "zh"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "ru_RU.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": "POSIX"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "ru_RU@euro", "LC_ALL": ""}, "ru"),
        ({"LANG": "ru_RU.UTF-8", "LC_CTYPE": "zh_CN.UTF-8"}, "ru"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "fr:ru:en"}, "ru"),
        ({"LANG": "ru_RU.UTF-8", "LANGUAGE": "en_GB"}, "en"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "ru"}, "en"),
        ({"LANG": "../../etc"}, "en"),
    ],
)
def test_the_locale_tells_the_language(environ: dict[str, str], language: str) -> None:
    assert language_of(environ) == language


def run(*arguments: str, stdin: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    """The command, in a locale that only `environ` tells."""
    locale = ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE")
    kept = {name: value for name, value in os.environ.items() if name not in locale}
    env = {**kept, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **environ}
    command = [sys.executable, "-m", "checker", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, input=stdin, capture_output=True, encoding="utf-8", check=False)


VIOLATED = ("check", "tests/packs/spoken/tests/violated.yaml", "--pack", "tests/packs/spoken")


def test_text_follows_the_locale_and_formats_for_programs_do_not(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    done = run(*VIOLATED, "-o", "text", "-o", f"json={report}", LANG="ru_RU.UTF-8")
    told = json.loads(report.read_text("utf-8"))
    assert done.returncode == 1
    assert "Россия не представляет уведомления" in done.stdout
    assert told["cases"][0]["findings"][0]["message"].startswith("Russia gave no diplomatic notice")
    assert told["notice"].startswith("This is not legal advice")
    concise = run(*VIOLATED, "-o", "concise", LANG="zh_CN.UTF-8").stdout
    assert concise.endswith("violated[term.notice] Russia gave no diplomatic notice by 2043-07-18.\n")


def test_a_language_asked_for_holds_everywhere(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    done = run(*VIOLATED, "-o", "text", "-o", f"json={report}", "--lang", "zh", LANG="ru_RU.UTF-8")
    told = json.loads(report.read_text("utf-8"))
    assert "俄罗斯未在 2043-07-18 或之前通过外交途径发出通知。" in done.stdout
    assert told["notice"].startswith("本报告不构成法律意见")
    assert told["pack"]["title"] == "测试用协定"
    assert told["cases"][0]["findings"][0]["status"] == "violated"
    concise = run(*VIOLATED, "-o", "concise", "--lang", "ru").stdout
    assert "violated[term.notice] Россия не представляет" in concise
    assert run(*VIOLATED, "--lang", "en", LANG="ru_RU.UTF-8").stdout == run(*VIOLATED).stdout


def test_standard_input_is_read_once_for_two_languages(tmp_path: Path) -> None:
    report, case = tmp_path / "report.json", (SPOKEN / "tests" / "violated.yaml").read_text("utf-8")
    asked = ("check", "-", "--pack", str(SPOKEN), "-o", "text", "-o", f"json={report}")
    assert run(*asked, stdin=case, LC_ALL="zh_CN.UTF-8").stdout.startswith("<stdin>：违反")
    assert json.loads(report.read_text("utf-8"))["cases"][0]["verdict"] == "violated"


def test_rules_and_tests_speak_too() -> None:
    assert "Соглашение действует двадцать лет" in run("rules", "--pack", str(SPOKEN), "--lang", "ru").stdout
    page = run("rules", "term.notice", "--pack", str(SPOKEN), LANG="zh_CN.UTF-8").stdout
    assert "类型：" in page
    assert run("test", str(SPOKEN), LC_ALL="ru_RU.UTF-8").stdout == "4 теста пройдено\n"


@pytest.mark.parametrize("command", [VIOLATED, ("rules",), ("test", str(SPOKEN))])
def test_an_unknown_language_is_refused(command: tuple[str, ...]) -> None:
    done = run(*command, "--lang", "de")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "servanda: --lang: unknown `de`; it is one of en, ru, zh\n"


def test_a_program_may_ask_for_a_language() -> None:
    with pytest.raises(UsageError, match="unknown language `de`"):
        check(SPOKEN / "tests" / "violated.yaml", spoken(), lang="de")
    with pytest.raises(UsageError, match="unknown language `de`"):
        judge([], Options(lang="de"))
    assert check(SPOKEN / "tests" / "violated.yaml", spoken()).findings[0].title.startswith("Termination needs")


def test_english_loads_no_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gettext, "translation", None)
    assert speech("en") is ENGLISH
    assert "Binds Russia towards China" in text_of(SPOKEN / "tests" / "violated.yaml", "en", pack=str(SPOKEN))
    loaded = "import sys, checker.speech, checker.cli; print('gettext' in sys.modules and 'typer' not in sys.modules)"
    command = [sys.executable, "-c", loaded]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout == "False\n"


# --- whole reports --------------------------------------------------------------


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("status", ["violated", "contested", "undetermined", "pending"])
def test_whole_reports(status: str, language: str) -> None:
    """`SERVANDA_ACCEPT=1 pytest` writes what it finds: read it as a lawyer of that language would."""
    judged = results_of(SPOKEN / "tests" / f"{status}.yaml", language, "tests/packs/spoken")
    engines = {"engine": "durable-rules 2.0.28", "referee": "0.1.0"}  # whatever judges here
    told = [each._replace(receipt=each.receipt and each.receipt._replace(**engines)) for each in judged.verdicts]
    output = FORMATS["text"](judged._replace(verdicts=tuple(told)), Look(width=80))
    path = GOLDEN / f"{status}.{language}.txt"
    if os.environ.get("SERVANDA_ACCEPT"):
        path.write_text(output, "utf-8")
    assert output == path.read_text("utf-8")


SENTENCES = frozenset(
    (
        "title",
        "clause_says",
        "message",
        "remedy",
        "no_remedy",
        "sums",
        "pattern",
        "wanted",
        "notice",
        "excused_by",
        "ask",
        "answer",
        "text",
        "language",
        "says",
        "why",
        "by_name",
        "towards_name",
    )
)


@pytest.mark.parametrize("language", OTHERS)
def test_only_sentences_differ_between_languages(language: str) -> None:
    for path in (*CASES[::5], *(SPOKEN / "tests").glob("*.yaml")):
        pack = str(SPOKEN) if SPOKEN in path.parents else None
        here, english = (json.loads(FORMATS["json"](results_of(path, each, pack), Look())) for each in (language, "en"))
        assert _without_sentences(here) == _without_sentences(english)
        assert here["notice"] != english["notice"]


def _without_sentences(value: object) -> object:
    if isinstance(value, dict):
        return {
            name: sorted(each) if name == "options" else _without_sentences(each)  # ids, and what each says
            for name, each in value.items()
            if name not in SENTENCES
        }
    return [_without_sentences(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_no_english_is_left(path: Path, language: str) -> None:
    results = results_of(path, language)
    told = FORMATS["text"](results, Look(show_all=True, width=100_000))
    assert _english(told, results, open_of(results.pack), language) == []


def test_english_that_is_left_is_found() -> None:
    results = results_of(CASES[0], "ru")
    for planted in ("received: wanted не позднее", "Суть:       Not met yet.", "и ещё on or before 2043-07-18"):
        assert _english(planted, results, open_of(results.pack), "ru") != []


@cache
def open_of(name: str) -> OpenPack:
    return load_pack(name)


def _english(text: str, results: Results, opened: OpenPack, language: str) -> list[str]:
    """Words of English sentences: what is neither an id, a place, a quotation, a value of the case nor untranslated."""
    for known in sorted(_told_by_the_pack(opened, language), key=len, reverse=True):
        text = text.replace(known, "")
    text = "\n".join(line for line in text.splitlines() if not re.match(r" *[0-9.]* ?\||  -->| +\.\.+$", line))
    text = re.sub(r"«[^»]*»|“[^”]*”|`[^`]*`|[\w./-]+\.yaml(:[0-9]+)*|durable-rules|--show all", "", text)
    source = " ".join(line for verdict in results.verdicts for line in verdict.source)
    pack = opened.pack
    ids = {*pack.rules, *pack.sources, *pack.clauses, *pack.types, *words._BASIS, *_values(opened)}  # noqa: SLF001
    ids |= {f"{name}={option}" for name, asked in pack.readings.items() for option in asked.options}
    for known in sorted(ids | _stated(source), key=len, reverse=True):
        text = re.sub(rf"(?<![A-Za-z0-9_.-]){re.escape(known)}(?![A-Za-z0-9_-])", "", text)
    compared = [each.pattern for each in _missing(results) if each.type is None]
    for known in (pattern for pattern in compared if pattern in text):
        text = text.replace(known, re.sub(r"(?<![\w-])end(?![\w-])", "", known))  # a variable of the rule
    fields = {name for kind in pack.types.values() for name in kind.fields}
    fields |= {element for rule in pack.rules if (element := rule.partition("/")[2])}
    longest_first = "|".join(map(re.escape, sorted(fields, key=len, reverse=True)))
    text = re.sub(rf"(?<![\w-])({longest_first})(?=[:：,，、])", "", text)
    return re.findall(r"[A-Za-z]{2,}", text)


def _missing(results: Results) -> Iterator[Missing]:
    for verdict in results.verdicts:
        yield from (each for finding_ in verdict.findings for each in finding_.missing)


def _stated(source: str) -> set[str]:
    """The values that a case states."""
    told = re.findall(r"[\w-]+: (?:\"([^\"]+)\"|([^,{}\[\]\"]+))", source)
    return {part.strip() for pair in told for part in pair if part.strip()}


def _values(opened: OpenPack) -> Iterator[str]:
    pack = opened.pack
    yield from (*pack.parties, pack.id)
    yield from (str(value) for fact in pack.facts for value in fact.values)
    for kind in pack.types.values():
        yield from (option for field in kind.fields.values() for option in field.options)
    yield from ("other-party", "P1D")


def _told_by_the_pack(opened: OpenPack, language: str) -> Iterator[str]:
    """What the pack itself says of rules and clauses: names such as ILRS, and texts that it has in English only."""
    pack = opened.pack
    for each in (*(rule.title for rule in pack.rules.values()), *(clause.says for clause in pack.clauses.values())):
        yield text_in(each, language).rstrip(". 。")


# --- lines ----------------------------------------------------------------------


@pytest.mark.parametrize("width", [40, 72, 100])
@pytest.mark.parametrize("status", ["violated", "contested", "undetermined", "pending"])
def test_chinese_lines_fit_and_break_where_they_may(status: str, width: int) -> None:
    told = text_of(SPOKEN / "tests" / f"{status}.yaml", "zh", Look(width=width), str(SPOKEN))
    findings = told.partition("\n\n")[2].rpartition("\n\n")[0]
    for line in findings.splitlines():
        assert columns(line) <= width or re.search(r"\S+\.yaml\S*$", line), line
        assert not re.match(r"\s*[，。；：、）”》]", line), line
        assert not re.search("[（“《]$", line), line


def test_chinese_marks_stay_with_their_words() -> None:
    assert wrap("国际月球（科研）站。国际", 10) == ["国际月球", "（科研）", "站。国际"]
    assert wrap("依据 examples/a.yaml：甲乙", 10) == ["依据", "examples/a.yaml：", "甲乙"]
    assert wrap("ы" * 12 + " 国", 10) == ["ы" * 12, "国"]
    assert wrap(f"一{'。' * 9}", 4) == ["一。", *["。。"] * 4]
