"""Settings: what a project asks of every run, from a file and from the environment, each known with where it is from.

They stand in `servanda.toml`, or under `[tool.servanda]` of `pyproject.toml`, nearest above the working directory; an
environment variable (`SERVANDA_FAIL_ON`) beats the file, and a flag beats both. `SERVANDA_CONFIG` names the file, or
is `off`. A name nobody knows and a value that can't be are refused, all at once: a gate must not fall back in silence.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

from checker.errors import Problem, nearest, quoted
from checker.load_tree import Limits
from checker.model import BASES, LANGUAGES, SEVERITIES
from checker.options import ENGINES, FAIL_ON, SHOW
from checker.settings_file import SettingsError, SettingsFile, Toml, find_file
from checker.terminal import COLOUR

Value: TypeAlias = "str | int | bool | list[str]"
Kind = Literal["text", "number", "flag", "list", "options", "file", "outputs", "pack"]

PREFIX = "SERVANDA_"
FILE_VARIABLE = f"{PREFIX}CONFIG"
OFF = "off"
DEFAULT = "default"
WAIVERS = "servanda-waivers.yaml"  # used where it lies beside the file of settings, which need not name it
_MOST_DIGITS = 18
_USUAL = Limits()
_FLAGS: Mapping[str, bool] = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_WANTED: Mapping[Kind, str] = {
    "text": "text",
    "file": "the name of a file",
    "pack": "the name of a pack",
    "number": "a whole number",
    "flag": "true or false",
    "list": 'a list of texts, `["…", "…"]`',
    "outputs": 'a list of texts, `["text", "json=report.json"]`',
    "options": 'a table, `{question = "option"}`',
}


class Setting(NamedTuple):
    """Something that can be set: what it holds, the words it may be (() for any), and what it is where nobody sets it.

    None as the default: what holds then is told by `otherwise`.
    """

    name: str
    kind: Kind
    default: Value | None = None
    otherwise: str = ""
    words: tuple[str, ...] = ()
    least: int = 1

    @property
    def variable(self) -> str:
        """Its name in the environment."""
        return PREFIX + self.parameter.upper()

    @property
    def parameter(self) -> str:
        """Its name as a parameter of a command."""
        return self.name.replace("-", "_")


class Effective(NamedTuple):
    """A setting as it is before any flag."""

    setting: Setting
    value: Value | None
    origin: str  # `default`, a variable of the environment, or a place in a file


SETTINGS = (
    Setting("pack", "pack", otherwise="what a case names, else isls"),
    Setting("output", "outputs", otherwise="text on standard output"),
    Setting("fail-on", "text", "undetermined", words=FAIL_ON),
    Setting("min-severity", "text", "error", words=SEVERITIES),
    Setting("min-basis", "text", otherwise="any", words=BASES),
    Setting("select", "list", otherwise="all rules"),
    Setting("ignore", "list", otherwise="no rule"),
    Setting("reading", "options", otherwise="those of the pack"),
    Setting("waivers", "file", otherwise="none"),
    Setting("waivers-from", "text", otherwise="as on disk"),
    Setting("baseline", "file", otherwise="none"),
    Setting("redact", "flag", default=False),
    Setting("remedies", "flag", default=True),
    Setting("engine", "text", otherwise="both where durable-rules imports, else referee", words=ENGINES),
    Setting("show", "text", "findings", words=SHOW),
    Setting("lang", "text", otherwise="the locale's for text, en for programs", words=LANGUAGES),
    Setting("quiet", "flag", default=False),
    Setting("color", "text", "auto", words=COLOUR),
    Setting("jobs", "number", otherwise="as many processes as are worth while", least=0),
    Setting("allow-empty", "flag", default=False),
    Setting("max-bytes", "number", _USUAL.bytes),
    Setting("max-depth", "number", _USUAL.depth),
    Setting("max-nodes", "number", _USUAL.nodes),
    Setting("max-aliases", "number", _USUAL.aliases, least=0),
)
_BY_NAME = {each.name: each for each in SETTINGS}
_EVERYWHERE = ("lang", "color")
_OF_COMMAND: Mapping[str, tuple[str, ...]] = {
    "check": tuple(_BY_NAME),
    "baseline": (
        *("pack", "fail-on", "min-severity", "min-basis", "select", "ignore", "reading", "engine"),
        *("waivers", "waivers-from", "baseline"),
    ),
    "report": (
        *("pack", "fail-on", "min-severity", "min-basis", "select", "ignore", "reading", "engine", "remedies"),
        *("waivers", "waivers-from", "baseline", "redact", "show", "quiet", "allow-empty"),
    ),
    "waiver": ("waivers", "pack"),
    **dict.fromkeys(("test", "explain", "rules", "schema", "calendar", "graph"), ("pack",)),
}


def effective(environ: Mapping[str, str], cwd: Path) -> tuple[Effective, ...]:
    """Every setting as it is in a folder before any flag; SettingsError with all that is wrong."""
    problems: list[Problem] = []
    named = environ.get(FILE_VARIABLE) or None
    file = None if named == OFF else find_file(named, cwd)
    found = {each.setting.name: each for each in (*_of_file(file, cwd, problems), *_of_environment(environ, problems))}
    if problems:
        raise SettingsError(problems)
    if file is not None and "waivers" not in found and (file.folder / WAIVERS).is_file():
        beside = os.path.relpath(file.folder / WAIVERS, cwd)
        found["waivers"] = Effective(_BY_NAME["waivers"], beside, f"beside {file.name}")
    return tuple(found.get(each.name) or Effective(each, each.default, DEFAULT) for each in SETTINGS)


def parameters(command: str, environ: Mapping[str, str], cwd: Path) -> dict[str, Value]:
    """What is set of a command's parameters, by their names."""
    taken = (*_OF_COMMAND.get(command, ()), *_EVERYWHERE)
    return {
        each.setting.parameter: each.value
        for each in effective(environ, cwd)
        if each.setting.name in taken and each.origin != DEFAULT and each.value is not None
    }


# --- the file -----------------------------------------------------------------


def _of_file(file: SettingsFile | None, cwd: Path, problems: list[Problem]) -> Iterator[Effective]:
    if file is None or file.table is None:
        return
    for name, stated in file.table.items():
        setting = _BY_NAME.get(name)
        if setting is None:
            near = nearest(name, _BY_NAME) or f"; the settings are {', '.join(_BY_NAME)}"
            problems.append(Problem(file.place(name), f"unknown setting {quoted(name)}{near}"))
            continue
        try:
            value = _stated(setting, stated)
            _refuse_unknown(setting, value)
        except ValueError as error:
            problems.append(Problem(file.place(name), f"{quoted(name)} {error}"))
            continue
        yield Effective(setting, _seen_from(cwd, file.folder, setting.kind, value), str(file.place(name)))


def _stated(setting: Setting, stated: Toml) -> Value:
    """The value that TOML states; ValueError, with what should stand there, where it is of another kind."""
    match setting.kind, stated:
        case "flag", bool(flag):
            return flag
        case "number", int(number) if not isinstance(number, bool):
            return number
        case "list" | "outputs", list(texts) if all(isinstance(each, str) for each in texts):
            return [str(each) for each in texts]
        case "options", dict(table) if all(isinstance(each, str) for each in table.values()):
            return [f"{question}={option}" for question, option in table.items()]
        case "text" | "file" | "pack", str(text) if text:
            return text
    message = f"must be {_WANTED[setting.kind]}"
    raise ValueError(message)


def _seen_from(cwd: Path, folder: Path, kind: Kind, value: Value) -> Value:
    """The value, files in it, which are named from the folder of the settings, named from here."""

    def here(path: str) -> str:
        return path if Path(path).is_absolute() else os.path.relpath(folder / path, cwd)

    if isinstance(value, str):
        is_path = kind == "file" or (kind == "pack" and (value.startswith(".") or "/" in value))
        return here(value) if is_path else value
    if kind != "outputs" or not isinstance(value, list):
        return value
    parts = (each.partition("=") for each in value)
    return [f"{name}={here(path)}" if path not in ("", "-") else name + sign + path for name, sign, path in parts]


# --- the environment ----------------------------------------------------------


def _of_environment(environ: Mapping[str, str], problems: list[Problem]) -> Iterator[Effective]:
    for setting in SETTINGS:
        if not (text := environ.get(setting.variable)):
            continue
        try:
            value = _spelt(setting, text)
            _refuse_unknown(setting, value)
        except ValueError as error:
            problems.append(Problem(None, f"{setting.variable} {error}"))
            continue
        yield Effective(setting, value, setting.variable)


def _spelt(setting: Setting, text: str) -> Value:
    """The value that a text stands for; ValueError, with what should stand there, where it stands for none."""
    match setting.kind:
        case "flag" if text.lower() in _FLAGS:
            return _FLAGS[text.lower()]
        case "number" if text.isascii() and text.isdigit():
            return int(text[:_MOST_DIGITS])
        case "list" | "outputs" | "options":
            return [part.strip() for part in text.split(",") if part.strip()]
        case "text" | "file" | "pack":
            return text
    message = f"is {quoted(text)}; it must be {_WANTED[setting.kind]}"
    raise ValueError(message)


def _refuse_unknown(setting: Setting, value: Value) -> None:
    """ValueError for a word that is none of those it may be, and for a number that is too small."""
    if isinstance(value, int) and not isinstance(value, bool) and value < setting.least:
        message = f"is {value}; it must be a whole number from {setting.least}"
        raise ValueError(message)
    if setting.words and value not in setting.words:
        near = nearest(str(value), setting.words) or f"; it must be one of {', '.join(setting.words)}"
        message = f"is {quoted(value)}{near}"
        raise ValueError(message)
