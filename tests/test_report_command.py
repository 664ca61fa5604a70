"""`servanda report`: the reports of a saved result, on paper too; what it refuses, and how it ends."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import pytest

from checker import printing
from checker.cli import run
from checker.report import FORMATS

ROOT = Path(__file__).resolve().parent.parent
SPOKEN = ROOT / "tests" / "packs" / "spoken"
LATE = (SPOKEN / "tests" / "violated.yaml").read_text("utf-8")
BY = ("--pack", str(SPOKEN), "--engine", "referee")
RESULT = ("report", "result.json")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a case that fails and its saved result, to work in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "late.yaml").write_text(LATE, "utf-8")
    assert run(["check", "late.yaml", *BY, "-o", "json=result.json"]) == 1
    return tmp_path


def line(capfd: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line that a command line is refused with."""
    capfd.readouterr()
    assert run([*words]) == 2
    captured = capfd.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err.removeprefix("servanda: ").removesuffix("\n")


# --- what is written --------------------------------------------------------------


def test_each_format_is_that_of_the_check(folder: Path) -> None:
    asked = [f"{name}=check.{name}" for name in FORMATS]
    flags = [word for each in asked for word in ("-o", each)]
    assert run(["check", "late.yaml", *BY, "--lang", "zh", *flags]) == 1
    for source in (["check.json"], ["late.yaml", *BY, "--lang", "zh"]):
        flags = [word for each in asked for word in ("-o", each.replace("check.", "report."))]
        assert run(["report", *source, *flags]) == 1
        for name in FORMATS:
            assert (folder / f"report.{name}").read_bytes() == (folder / f"check.{name}").read_bytes(), name


def test_without_a_format_it_is_text(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    del folder
    assert run(["check", "late.yaml", *BY, "--show", "all"]) == 1
    told = capfd.readouterr().out
    assert run([*RESULT, "--show", "all"]) == 1
    assert capfd.readouterr().out == told
    assert run([*RESULT, "--color", "always", "--quiet"]) == 1
    assert "\x1b[" in capfd.readouterr().out


def test_what_fails_is_as_saved(folder: Path) -> None:
    assert run(["check", "late.yaml", *BY, "--fail-on", "never", "-o", "json=never.json"]) == 0
    assert run(["report", "never.json", "-o", "html=never.html"]) == 0
    assert run(["check", "gone.yaml", "late.yaml", *BY, "-o", "json=gone.json"]) == 2
    assert run(["report", "gone.json", "-o", "html=gone.html"]) == 2
    assert (folder / "gone.html").stat().st_size > 1000
    (folder / "empty").mkdir()
    assert run(["check", "empty", "--allow-empty", "-o", "json=empty.json"]) == 0
    assert run(["report", "empty.json", "-o", "html=empty.html"]) == 2
    assert run(["report", "empty.json", "--allow-empty", "-o", "html=empty.html"]) == 0


def test_a_saved_result_can_be_redacted_and_stays_so(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run([*RESULT, "--redact"]) == 1
    told = capfd.readouterr().out
    assert "[redacted]" in told
    assert "2043-09-01" not in told
    assert run(["check", "late.yaml", *BY, "--redact", "-o", "json=redacted.json"]) == 1
    assert "2043-09-01" not in (folder / "redacted.json").read_text("utf-8")
    assert run(["report", "redacted.json"]) == 1
    assert capfd.readouterr().out == told


def test_it_reads_standard_input(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for content in ((folder / "result.json").read_bytes(), (folder / "late.yaml").read_bytes()):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        assert run(["report", "-", *(BY if content[:1] != b"{" else ())]) == 1
        assert "term.notice" in capfd.readouterr().out


def test_settings_are_for_cases(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "servanda.toml").write_text(
        'pack = "isls"\nfail-on = "never"\nlang = "ru"\noutput = ["json=overwritten.json"]\nredact = true\n'
    )
    assert run([*RESULT]) == 1
    assert "[redacted]" in capfd.readouterr().out
    assert not (folder / "overwritten.json").exists()


# --- what is refused --------------------------------------------------------------


def test_what_can_not_be_reported(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert line(capfd, "report") == (
        "nothing to report: name a saved result (`servanda check -o json=FILE` writes one) or cases"
    )
    assert line(capfd, *RESULT, "late.yaml") == (
        "`result.json` is a saved result, which is reported alone; name nothing beside it"
    )
    assert line(capfd, *RESULT, "--as-of", "2030-01-01") == (
        "`--as-of` is for judging, and `result.json` is judged already; leave it out, or name the cases"
    )
    assert line(capfd, *RESULT, "--no-remedies").startswith("`--remedies` is for judging")
    assert line(capfd, *RESULT, "--lang", "ru") == (
        "`result.json` was judged with `--lang en`, which its sentences are in; judge the cases again with `--lang ru`"
    )
    assert run([*RESULT, "--lang", "en", "-o", "html=r.html"]) == 1
    told = json.loads((folder / "result.json").read_text("utf-8"))
    (folder / "newer.json").write_text(json.dumps({**told, "schema": "servanda-report-9"}), "utf-8")
    assert line(capfd, "report", "newer.json").startswith("newer.json:1:12: `servanda-report-9` can't be reported from")
    assert line(capfd, *RESULT, "-o", "htm").startswith("--output: unknown format `htm`; did you mean `html`?")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_what_can_not_be_written_is_told_and_steers_no_terminal(
    folder: Path, printer: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    del printer
    (folder / "a\x1b[31mb").symlink_to("/dev/full")
    for command in (("report", "result.json"), ("check", "late.yaml", *BY)):
        for form in ("html", "sarif", *(["pdf"] if command[0] == "report" else [])):
            told = line(capfd, *command, "-o", f"{form}=a\x1b[31mb")
            assert told == "can't write a\\x1b[31mb: no space left on device"


def test_a_case_in_json_is_a_case(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "case.json").write_text('{"agreement": "spoken", "facts": []}', "utf-8")
    assert run(["report", "case.json", *BY]) == 0
    assert capfd.readouterr().out.startswith("case.json: ")


# --- on paper ---------------------------------------------------------------------

PRINTER = """\
#!/bin/sh
for each; do
  echo "$each" >> told
  case "$each" in --print-to-pdf=*) target="${each#*=}";; esac
  source="$each"
done
grep -ci '<!doctype html>' "${source#file://}" >> told
date="(D:20200102030405+00'00')"
echo "%PDF-1.4 /CreationDate $date /ModDate $date $date" > "$target"
"""


@pytest.fixture
def printer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that stands for the browser: it says what it was called with, and writes dates."""
    programs = folder / "bin"
    programs.mkdir()
    made = programs / "chromium"
    made.write_text(PRINTER, "utf-8")
    made.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return made


def test_the_page_is_printed(folder: Path, printer: Path) -> None:
    assert run([*RESULT, "-o", "pdf=report.pdf", "-o", "html=report.html"]) == 1
    assert (folder / "report.pdf").read_bytes().startswith(b"%PDF")
    told = (folder / "told").read_text("utf-8").splitlines()
    assert told[-1] == "1", "it was given the page"
    assert told[-2].startswith("file:///")
    assert "--host-resolver-rules=MAP * ~NOTFOUND" in told
    assert not Path(told[-2].removeprefix("file://")).exists(), "nothing is left behind"
    assert printer.exists()


@pytest.mark.parametrize("user", [0, 1000])
def test_only_root_goes_without_the_sandbox(
    folder: Path, printer: Path, monkeypatch: pytest.MonkeyPatch, user: int
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert printing.pdf("<!doctype html>", str(printer), None).startswith(b"%PDF")
    assert ("--no-sandbox" in (folder / "told").read_text("utf-8")) == (user == 0)


def test_the_stamp_of_the_result_is_the_date_of_the_paper(
    folder: Path, printer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del printer
    assert run([*RESULT, "-o", "pdf=now.pdf"]) == 1
    assert (folder / "now.pdf").read_bytes().count(b"Date (D:20200102030405+00'00')") == 2
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    assert run(["report", "late.yaml", *BY, "-o", "pdf=then.pdf"]) == 1
    content = (folder / "then.pdf").read_bytes()
    assert content.count(b"Date (D:20260101000000+00'00')") == 2
    assert content.endswith(b" (D:20200102030405+00'00')\n"), "what is no date of the file is left"
    assert len(content) == (folder / "now.pdf").stat().st_size


def test_what_the_browser_says_is_told(
    printer: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for script, why in (
        ("echo first >&2; echo 'no room \x1b[31m' >&2; exit 3", "no room \\x1b[31m"),
        ("exit 0", "it does not say why"),
    ):
        printer.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        assert line(capfd, *RESULT, "-o", "pdf=x.pdf") == f"`{str(printer)[:40]}…` can't print the page: {why}"
    monkeypatch.setattr(printing, "_LONGEST", 0.2)
    printer.write_text("#!/bin/sh\nexec sleep 20\n", "utf-8")
    assert line(capfd, *RESULT, "-o", "pdf=x.pdf").endswith("it was not done in 0.2 seconds")
    assert not Path("x.pdf").exists()


def test_without_a_browser_it_says_what_to_install(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "_APPLICATIONS", ())
    monkeypatch.setenv("PATH", str(folder))
    assert line(capfd, *RESULT, "-o", "pdf=x.pdf") == (
        "PDF is printed by Chromium, Chrome or Edge, and there is none; install one (`apt install chromium`)"
    )
    assert line(capfd, *RESULT, "-o", "pdf") == (
        "--output: PDF is no text to be shown; write it to a file, `-o pdf=report.pdf`"
    )


@pytest.mark.external
def test_chromium_prints_text_on_pages(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pypdf = pytest.importorskip("pypdf")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    for lang, words in (("en", "Ways out:"), ("ru", "Отчёт"), ("zh", "补救")):
        assert run(["check", "late.yaml", *BY, "--lang", lang, "-o", "json=saved.json"]) == 1
        assert run(["report", "saved.json", "-o", "pdf=report.pdf"]) == 1
        read = pypdf.PdfReader(folder / "report.pdf")
        told = "\n".join(page.extract_text() for page in read.pages)
        assert "term.notice" in told
        assert words in told
        assert len(read.pages) > 1
        assert read.metadata.creation_date.isoformat() == "2026-01-01T00:00:00+00:00"
