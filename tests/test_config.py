"""Settings: where they are found, what beats what, what is refused, and that every flag they stand for knows them."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.cli import run
from checker.commands import asked
from checker.commands import baseline as baseline_command
from checker.commands import check as check_command
from checker.commands import report as report_command
from checker.load_tree import Limits
from checker.options import Options
from checker.settings import SETTINGS, SettingsError, effective, parameters
from checker.settings_file import SettingsFile

SPOKEN = Path(__file__).with_name("packs") / "spoken"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which commands run, with a folder in it."""
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def value(name: str, cwd: Path, **environ: str) -> tuple[object, str]:
    """A setting as it is in a folder, and where it is from."""
    (found,) = [each for each in effective(environ, cwd) if each.setting.name == name]
    return found.value, found.origin


def refused(cwd: Path, **environ: str) -> list[str]:
    """Everything that is wrong with the settings."""
    with pytest.raises(SettingsError) as error:
        effective(environ, cwd)
    return str(error.value).splitlines()


# --- where --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("servanda.toml", '# fail-on\n\nfail-on = "never"\n# fail-on\n', "3:1"),
        ("servanda.toml", 'ignore = ["x", """\nfail-on = 1\n"""]\n  "fail-on" = "never"\n', "4:4"),
        ("pyproject.toml", '[project]\nname = "fail-on"\n[tool.servanda]\nfail-on = "never" # fail-on\n', "4:1"),
        ("pyproject.toml", 'tool.servanda.fail-on = "never"\n', "1:15"),
        ("pyproject.toml", '[tool]\nservanda = {quiet = true, fail-on = "never"}\n', "2:27"),
    ],
)
def test_a_file_is_found_above_and_every_value_has_its_place(folder: Path, name: str, text: str, line: str) -> None:
    (folder / name).write_text(text, "utf-8")
    assert value("fail-on", folder) == ("never", f"{name}:{line}")
    assert value("fail-on", folder / "sub") == ("never", f"../{name}:{line}")


def test_the_nearest_file_counts_alone(folder: Path) -> None:
    (folder / "servanda.toml").write_text('fail-on = "never"\nquiet = true\n', "utf-8")
    (folder / "sub" / "pyproject.toml").write_text('[tool.servanda]\nfail-on = "pending"\n', "utf-8")
    assert value("fail-on", folder / "sub") == ("pending", "pyproject.toml:2:1")
    assert value("quiet", folder / "sub") == (False, "default")


def test_a_pyproject_without_settings_is_passed_by(folder: Path) -> None:
    (folder / "servanda.toml").write_text('fail-on = "never"\n', "utf-8")
    for others in ('[project]\nname = "servanda"\n', "no TOML at all"):
        (folder / "sub" / "pyproject.toml").write_text(others, "utf-8")
        assert value("fail-on", folder / "sub")[0] == "never"


def test_the_environment_names_the_file_or_turns_it_off(folder: Path) -> None:
    (folder / "servanda.toml").write_text('fail-on = "never"\n', "utf-8")
    (folder / "sub" / "other.toml").write_text('fail-on = "pending"\n', "utf-8")
    assert value("fail-on", folder, SERVANDA_CONFIG="off") == ("undetermined", "default")
    assert value("fail-on", folder, SERVANDA_CONFIG="sub/other.toml") == ("pending", "sub/other.toml:1:1")
    assert refused(folder, SERVANDA_CONFIG="gone.toml") == ["gone.toml:1:1: can't be read: No such file or directory"]


def test_files_are_named_from_the_folder_of_the_settings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "sub")
    text = 'waivers = "w.yaml"\nbaseline = "/srv/b.json"\npack = "./mine"\noutput = ["json=out/r.json", "jsonl=-"]\n'
    (folder / "servanda.toml").write_text(text, "utf-8")
    set_ = parameters("check", {}, folder / "sub")
    assert set_ == {
        "waivers": "../w.yaml",
        "baseline": "/srv/b.json",
        "pack": "../mine",
        "output": ["json=../out/r.json", "jsonl=-"],
    }
    (folder / "servanda.toml").write_text('pack = "isls"\n', "utf-8")
    assert parameters("check", {"SERVANDA_WAIVERS": "w.yaml"}, folder / "sub") == {"pack": "isls", "waivers": "w.yaml"}


def test_waivers_beside_the_settings_need_no_name(folder: Path) -> None:
    (folder / "servanda-waivers.yaml").touch()
    assert value("waivers", folder) == (None, "default")
    (folder / "servanda.toml").touch()
    assert value("waivers", folder / "sub") == ("../servanda-waivers.yaml", "beside ../servanda.toml")
    (folder / "servanda.toml").write_text('waivers = "w.yaml"\n', "utf-8")
    assert value("waivers", folder)[0] == "w.yaml"


# --- what beats what ----------------------------------------------------------


def test_flag_beats_environment_beats_file_beats_default(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = str(SPOKEN / "tests" / "contested.yaml")

    def checked(*flags: str) -> int:
        return run(["check", case, "--pack", str(SPOKEN), "--engine", "referee", "-o", "jsonl=out", *flags])

    assert checked() == 1
    (folder / "servanda.toml").write_text('fail-on = "violated"\n', "utf-8")
    assert checked() == 0
    monkeypatch.setenv("SERVANDA_FAIL_ON", "contested")
    assert checked() == 1
    assert checked("--fail-on", "never") == 0


@pytest.mark.parametrize(
    ("text", "environ", "found"),
    [
        ("redact = true", {}, {"redact": True}),
        ("remedies = false", {}, {"remedies": False}),
        ("max-depth = 9", {}, {"max_depth": 9}),
        ('select = ["a.*", "b"]', {}, {"select": ["a.*", "b"]}),
        ("select = []", {}, {"select": []}),
        ('reading = {a = "x", b = "y"}', {}, {"reading": ["a=x", "b=y"]}),
        ('[reading]\na = "x"', {}, {"reading": ["a=x"]}),
        ("", {"SERVANDA_REDACT": "Yes"}, {"redact": True}),
        ("", {"SERVANDA_REMEDIES": "0"}, {"remedies": False}),
        ("", {"SERVANDA_MAX_DEPTH": "9"}, {"max_depth": 9}),
        ("", {"SERVANDA_SELECT": "a.*, b,"}, {"select": ["a.*", "b"]}),
        ("", {"SERVANDA_READING": "a=x,b=y"}, {"reading": ["a=x", "b=y"]}),
        ('lang = "ru"', {"SERVANDA_LANG": ""}, {"lang": "ru"}),
        ('lang = "ru"', {"SERVANDA_LANG": "zh"}, {"lang": "zh"}),
        ("", {"SERVANDA_PORT": "tcp://10.0.0.1:80", "SERVANDA_CACHE": "off"}, {}),
    ],
)
def test_each_kind_of_value(folder: Path, text: str, environ: dict[str, str], found: dict[str, object]) -> None:
    (folder / "servanda.toml").write_text(text, "utf-8")
    assert parameters("check", environ, folder) == found


def test_a_command_takes_what_is_about_it(folder: Path) -> None:
    (folder / "servanda.toml").write_text(
        'pack = "isls"\noutput = ["json"]\nlang = "ru"\nquiet = true\nfail-on = "never"\nbaseline = "b.json"\n', "utf-8"
    )
    assert parameters("check", {}, folder).keys() == {"pack", "output", "lang", "quiet", "fail_on", "baseline"}
    assert parameters("baseline", {}, folder).keys() == {"pack", "lang", "fail_on", "baseline"}
    assert parameters("explain", {}, folder).keys() == {"pack", "lang"}
    assert parameters("test", {}, folder).keys() == {"pack", "lang"}
    assert parameters("lint", {}, folder).keys() == {"lang"}


def test_every_setting_is_a_flag_of_check_with_the_same_default() -> None:
    flags = inspect.signature(check_command.command).parameters
    usual = {**Options()._asdict(), **{f"max_{name}": limit for name, limit in Limits()._asdict().items()}}
    for setting in SETTINGS:
        flag = flags[setting.parameter]
        assert flag.default == setting.default or flag.default is None, setting.name
        if flag.default is None and setting.default is not None:
            assert setting.default == usual[setting.parameter]
    assert parameters_of_baseline() <= set(inspect.signature(baseline_command.command).parameters)


def test_a_flag_of_judging_is_the_same_in_each_command_that_judges() -> None:
    check, *others = (
        inspect.signature(each.command, eval_str=True).parameters
        for each in (check_command, baseline_command, report_command)
    )
    of_judging = {*inspect.signature(asked.options_of).parameters, "input_format"}
    for flags in others:
        assert of_judging <= flags.keys()
        for name in check.keys() & flags.keys() - {"cases", "output", "baseline", "write_baseline"}:
            assert flags[name] == check[name], name


def parameters_of_baseline() -> set[str]:
    """What `servanda baseline` takes from the environment when everything is set."""
    kinds = {"flag": "true", "number": "1"}
    everything = {each.variable: each.words[0] if each.words else kinds.get(each.kind, "a=b") for each in SETTINGS}
    return parameters("baseline", everything, Path("/")).keys() - {"lang", "color"}


# --- what is refused ----------------------------------------------------------


def test_everything_wrong_is_told_at_once(folder: Path) -> None:
    (folder / "servanda.toml").write_text(
        'fail_on = "never"\nmin-severity = "eror"\nignore = "x"\nquiet = "yes"\nmax-bytes = 0\nmax-depth = true\n'
        'reading = ["a=b"]\nwaivers = ""\ncolour = "always"\nas-of = "2026-01-01"\noutput = [1]\nmax-aliases = -1\n',
        "utf-8",
    )
    names = ", ".join(each.name for each in SETTINGS)
    assert refused(folder, SERVANDA_LANG="de", SERVANDA_QUIET="maybe", SERVANDA_MAX_NODES="many") == [
        "SERVANDA_LANG is `de`; it must be one of en, ru, zh",
        "SERVANDA_MAX_NODES is `many`; it must be a whole number",
        "SERVANDA_QUIET is `maybe`; it must be true or false",
        "servanda.toml:1:1: unknown setting `fail_on`; did you mean `fail-on`?",
        "servanda.toml:2:1: `min-severity` is `eror`; did you mean `error`?",
        'servanda.toml:3:1: `ignore` must be a list of texts, `["…", "…"]`',
        "servanda.toml:4:1: `quiet` must be true or false",
        "servanda.toml:5:1: `max-bytes` is 0; it must be a whole number from 1",
        "servanda.toml:6:1: `max-depth` must be a whole number",
        'servanda.toml:7:1: `reading` must be a table, `{question = "option"}`',
        "servanda.toml:8:1: `waivers` must be the name of a file",
        "servanda.toml:9:1: unknown setting `colour`; did you mean `color`?",
        f"servanda.toml:10:1: unknown setting `as-of`; the settings are {names}",
        'servanda.toml:11:1: `output` must be a list of texts, `["text", "json=report.json"]`',
        "servanda.toml:12:1: `max-aliases` is -1; it must be a whole number from 0",
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("servanda.toml", b"x = \n", "servanda.toml:1:5: this is not TOML: invalid value"),
        ("servanda.toml", b"x = [\n", "servanda.toml:2:1: this is not TOML: invalid value"),
        (
            "servanda.toml",
            b"lang = 'ru'\nlang = 'zh'\n",
            "servanda.toml:2:12: this is not TOML: cannot overwrite a value",
        ),
        ("servanda.toml", b"x = " + b"[" * 9999, "servanda.toml:1:1: nested too deeply"),
        ("servanda.toml", b"x = '\xff'", "servanda.toml:1:1: this is not UTF-8; save the file as UTF-8"),
        ("pyproject.toml", b"[tool]\nservanda = 7\n", "pyproject.toml:2:1: `tool.servanda` must be a table"),
    ],
)
def test_what_is_no_file_of_settings_is_refused(folder: Path, name: str, content: bytes, message: str) -> None:
    (folder / name).write_bytes(content)
    assert refused(folder) == [message]


def test_two_files_in_a_folder_are_refused(folder: Path) -> None:
    (folder / "servanda.toml").touch()
    (folder / "pyproject.toml").write_text("[tool.servanda]\n", "utf-8")
    assert refused(folder) == ["servanda.toml:1:1: there are settings in `pyproject.toml` too; keep them in one file"]


def test_bad_settings_stop_a_command_but_no_help(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "servanda.toml").write_text('fail_on = "never"\n', "utf-8")
    for arguments in (["check", "x"], ["baseline", "x"], ["rules"], ["config", "show"]):
        assert run(arguments) == 2
        assert capsys.readouterr() == (
            "",
            "servanda: servanda.toml:1:1: unknown setting `fail_on`; did you mean `fail-on`?\n",
        )
    assert run(["check", "--help"]) == 0
    assert run(["--version"]) == 0


@given(
    st.dictionaries(
        st.sampled_from([each.name for each in SETTINGS] + ["x", "tool"]),
        st.recursive(
            st.booleans() | st.integers() | st.text(),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
        ),
        max_size=3,
    )
)
def test_every_key_has_a_place_where_it_is_written(table: dict[str, object]) -> None:
    lines = [f"{key} = {inline(value)}" for key, value in table.items()]
    file = SettingsFile(Path("servanda.toml"), "servanda.toml", "\n".join(lines))
    assert file.table == table
    assert [file.place(key).line for key in table] == list(range(1, len(table) + 1))


def inline(value: object) -> str:
    """A value as TOML on one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{inline(key)} = {inline(each)}' for key, each in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(inline, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


# --- config show --------------------------------------------------------------


def test_show_prints_every_setting_as_toml_with_its_origin(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "servanda.toml").write_text('select = ["a.*"]\nreading = {q = "o"}\n', "utf-8")
    monkeypatch.setenv("SERVANDA_QUIET", "yes")
    assert run(["config", "show"]) == 0
    text = capsys.readouterr().out
    told = {line.lstrip("# ").split()[0]: line.rpartition("  # ")[2] for line in text.splitlines()}
    assert list(told) == [each.name for each in SETTINGS]
    assert (told["select"], told["quiet"], told["fail-on"]) == ("servanda.toml:1:1", "SERVANDA_QUIET", "default")
    assert told["pack"] == "default: what a case names, else isls"
    shown = SettingsFile(folder / "shown.toml", "shown.toml", text).table
    assert shown is not None
    assert (shown["select"], shown["reading"], shown["quiet"]) == (["a.*"], {"q": "o"}, True)
    monkeypatch.delenv("SERVANDA_QUIET")
    (folder / "servanda.toml").write_text(text, "utf-8")  # what is shown says the same when it is read again
    assert {each.setting.name: each.value for each in effective({}, folder)} == {
        each.name: shown.get(each.name) for each in SETTINGS
    } | {"reading": ["q=o"]}


def test_config_knows_one_word(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert folder.is_dir()
    assert run(["config", "shwo"]) == 2
    assert capsys.readouterr().err == "servanda: config: unknown `shwo`; did you mean `show`?\n"
