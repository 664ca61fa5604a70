"""The modules of the checker in layers: who may import whom, and which library belongs to which module.

A module may import only from layers below its own. Every module stands in a layer, and every
name in the layers is a module. Imports count wherever they are written: in functions, under
`TYPE_CHECKING`, relative ones, and `import_module("…")`.
"""

from __future__ import annotations

import ast
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "checker"

# Top to bottom, a layer a line. Modules of one line do not import each other.
# `report.*` is the package `report` with all its modules, which may. `__init__` is `checker` itself.
LAYERS = (
    "__main__",
    "cli | pytest_plugin",
    "commands.*",
    "__init__",
    # many cases, part by part
    "batch",
    "workers",
    "judge",
    "verdict_cache",
    "parts",
    # results, in words
    "report.*",
    # packs, looked over
    "lint.*",
    # the line, composed
    "mutation.*",
    "drafts",
    "answers | asking | evidence | graph | testing | turns",
    "drafting",
    "collecting",
    "api | coverage",
    "run",
    "choices",
    "allowed | decisive | limits",
    "grounds",
    "story",
    "turning | whynot",
    "agenda",
    "contrast | duties | validity",
    "wishes",
    "changed | suppressions",
    "baseline | waiver_file",
    "saved | waivers",
    "saved_finding",
    "judging",
    "chronology | silences",
    "periods",
    # what would put a finding right
    "advice",
    "remedies",
    "candidates",
    "changes",
    "stating",
    # answers, compared and explained
    "compare | explain",
    "questions",
    "read_off",
    "spans | unlisted",
    "fitting | missing",
    "derivation",
    "messages",
    # two ways to judge: durable-rules with what stands around it, and the referee
    "forward | referee",
    "standing | referee_status",
    "labels | referee_world",
    "openness | sessions | referee_match | referee_order",
    "firing | referee_open",
    "joins | referee_values",
    "engine | program",
    "rename | terms",
    # cases and packs, read
    "worlds",
    "dependencies",
    "cache",
    "supposing",
    "scaffold",
    "revisions | schema",
    "schema_hints",
    "case | case_schema | difference | pack | relations",
    "excerpt | retirement",
    "expecting | listings",
    "actors",
    "blocks.*",
    "properties",
    "rules | strata",
    "reads | sameness",
    "bodies | vocabulary",
    "reader",
    "wording",
    "shape",
    "shape_words",
    "shape_fit",
    # text in and out
    "apply | formatting.*",
    "splice",
    "splice_edits",
    "splice_style",
    "folder | printing | sources",
    "load",
    "load_json | load_yaml | outputs | settings | shelf",
    "load_tree | load_yaml_words | terminal",
    "history | settings_file",
    # nouns
    "gate | redaction",
    "results",
    "entry | outcome | speech | verdict",
    "json_text | model",
    "values",
    "dates",
    "errors | exits | options | version",
)

# The imports that run up all the same, each with its reason.
UPWARD = {
    ("verdict", "report.json"): "Verdict.to_json is public: the one noun that offers its report",
}

# Two evaluators that are compared must not rest on each other: no module on one side reaches one on the other,
# at any distance.
APART = (("referee*",), ("engine", "labels", "program", "strata"))

# The only modules that may import a library; one that isn't here is imported nowhere.
ONLY_IN = {
    "clingo": "lint.solved.solver",
    "durable": "engine",
    "durable_rules_engine": "engine",
    "icalendar": "report.icalendar",
    "jsonschema": "shape",
    "jsonschema_rs": "shape",
    "pygraphviz": "report.graph_svg",
    "pytest": "pytest_plugin",
    "tomli": "settings_file",
    "tomllib": "settings_file",
    "typer": "cli | commands.*",
    "whenever": "dates",
    "yaml": "load_yaml",
}


class Import(NamedTuple):
    """One import: the module it stands in, its line, and the dotted name of what it imports."""

    module: str
    line: int
    target: str


def test_every_import_keeps_to_the_layers() -> None:
    found = faults(PACKAGE)
    assert not found, "\n".join(found)


def test_every_import_allowed_upwards_is_made() -> None:
    paths = _modules(PACKAGE)
    made = {(name, _inside(each.target)) for name, path in paths.items() for each in _imports(name, path, paths)}
    assert set(UPWARD) - made == set()


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        ("from checker.load import Node", "errors imports load, which is above it"),
        ("import checker.load", "errors imports load, which is above it"),
        ("from checker import load", "errors imports load, which is above it"),
        ("from checker import check", "errors imports __init__, which is above it"),
        ("from .load import Node", "errors imports load, which is above it"),
        ("from . import load", "errors imports load, which is above it"),
        ("def late():\n    from checker.load import Node", "errors imports load, which is above it"),
        ("if TYPE_CHECKING:\n    from checker.load import Node", "errors imports load, which is above it"),
        ('import_module("checker.load")', "errors imports load, which is above it"),
        ('importlib.import_module(f"checker.{name}")', "errors imports a module by a computed name"),
        ("from checker.version import __version__", "errors imports version, which is beside it"),
        ("from checker.nowhere import x", "errors imports nowhere, which does not exist"),
        ("import yaml", "errors imports yaml, which only load_yaml may"),
        ("from yaml.cyaml import CParser", "errors imports yaml, which only load_yaml may"),
        ("import requests", "errors imports requests, which no module may"),
    ],
)
def test_a_planted_import_is_caught(planted: str, fault: str, tmp_path: Path) -> None:
    copy = shutil.copytree(PACKAGE, tmp_path / "checker")
    before = faults(copy)
    with (copy / "errors.py").open("a", encoding="utf-8") as module:
        module.write(f"\n{planted}\n")
    last = len((copy / "errors.py").read_text("utf-8").splitlines())
    assert [each for each in faults(copy) if each not in before] == [f"errors.py:{last}: {fault}"]


def test_a_module_without_a_layer_is_caught(tmp_path: Path) -> None:
    copy = shutil.copytree(PACKAGE, tmp_path / "checker")
    (copy / "helpers").mkdir()
    (copy / "helpers" / "words.py").touch()
    (copy / "errors.py").unlink()
    found = faults(copy)
    assert "helpers.words stands in no layer" in found
    assert "errors stands in a layer, but there is no such module" in found


def test_a_referee_that_looks_at_the_strata_is_caught(tmp_path: Path) -> None:
    copy = shutil.copytree(PACKAGE, tmp_path / "checker")
    with (copy / "referee_order.py").open("a", encoding="utf-8") as module:
        module.write("\nimport checker.strata\n")
    assert "referee reaches strata, from which it must stand apart: " in "\n".join(faults(copy))


def test_a_detour_between_the_evaluators_is_caught(tmp_path: Path) -> None:
    for name, text in {"left": "import checker.middle", "middle": "from checker import right", "right": ""}.items():
        (tmp_path / f"{name}.py").write_text(text, "utf-8")
    found = faults(tmp_path, ("left", "middle", "right"), apart=(("left",), ("right",)))
    assert found == ["left reaches right, from which it must stand apart: left > middle > right"]


def faults(
    package: Path,
    layers: Sequence[str] = LAYERS,
    only_in: Mapping[str, str] = ONLY_IN,
    apart: tuple[Sequence[str], Sequence[str]] = APART,
) -> list[str]:
    """What is wrong in a package, a line each; computed names are allowed to `__init__` and `cli`, which are lazy."""
    paths = _modules(package)
    rank = {entry: depth for depth, layer in enumerate(layers) for entry in layer.split(" | ")}
    listed = {name: _entry(name, rank) for name in paths}
    found = [f"{name} stands in no layer" for name, entry in listed.items() if entry is None]
    found += [
        f"{entry} stands in a layer, but there is no such module" for entry in rank if entry not in listed.values()
    ]
    within: dict[str, set[str]] = {name: set() for name in paths}
    for each in (each for name, path in paths.items() for each in _imports(name, path, paths)):
        fault = _fault(each, listed, rank, only_in)
        if fault:
            where = paths[each.module].relative_to(package).as_posix()
            found.append(f"{where}:{each.line}: {each.module} imports {fault}")
        if each.target.startswith("checker"):
            within[each.module] |= {_inside(each.target)} & set(paths)
    return found + [fault for one, other in (apart, apart[::-1]) for fault in _reached(one, other, within)]


def _fault(
    each: Import, listed: Mapping[str, str | None], rank: Mapping[str, int], only_in: Mapping[str, str]
) -> str | None:
    library = each.target.partition(".")[0]
    if not each.target:
        return None if each.module in ("__init__", "cli") else "a module by a computed name"
    if library != "checker":
        own = only_in.get(library, "").split(" | ")
        if library in sys.stdlib_module_names or _is_one_of(each.module, own):
            return None
        return f"{library}, which {f'only {only_in[library]}' if library in only_in else 'no module'} may"
    target = _inside(each.target)
    if target not in listed:
        return f"{target}, which does not exist"
    here, there = listed[each.module], listed[target]
    if here is None or there is None or here == there or rank[here] < rank[there] or (each.module, target) in UPWARD:
        return None
    return f"{target}, which is {'beside' if rank[here] == rank[there] else 'above'} it"


def _reached(ours: Sequence[str], theirs: Sequence[str], within: Mapping[str, set[str]]) -> Iterator[str]:
    """A line for each module of `theirs` that a module of `ours` reaches, with the way there."""
    for start in (name for name in within if _is_one_of(name, ours)):
        ways: list[tuple[str, ...]] = [(start,)]
        seen = {start}
        for way in ways:  # grows as it is walked: nearest first
            ways += [(*way, target) for target in sorted(within[way[-1]] - seen)]
            seen |= within[way[-1]]
            if _is_one_of(way[-1], theirs):
                yield f"{start} reaches {way[-1]}, from which it must stand apart: {' > '.join(way)}"


def _modules(package: Path) -> dict[str, Path]:
    return dict(sorted((_name(path.relative_to(package)), path) for path in package.rglob("*.py")))


def _is_one_of(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _name(path: Path) -> str:
    """`report/text.py` is `report.text`, `report/__init__.py` is `report`, and the root's is `__init__`."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


def _inside(target: str) -> str:
    return target.removeprefix("checker").removeprefix(".") or "__init__"


def _entry(name: str, rank: Mapping[str, int]) -> str | None:
    """Where a module is listed: by its own name, or with the nearest package that holds it."""
    package = name
    while name not in rank and package and f"{package}.*" not in rank:
        package = package.rpartition(".")[0]
    return name if name in rank else f"{package}.*" if package else None


def _imports(module: str, path: Path, modules: Mapping[str, Path]) -> Iterator[Import]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"), path)):
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Call):
            for target in _targets(node, module, path, modules):
                yield Import(module, node.lineno, target)


def _targets(node: ast.AST, module: str, path: Path, modules: Mapping[str, Path]) -> Iterator[str]:
    """The dotted names that a statement imports; '' for a name computed at run time."""
    match node:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=source, names=names, level=level):
            base = ".".join(filter(None, (_package(module, path, level), source)))
            parts = (f"{base}.{alias.name}" for alias in names)
            yield from {part if part.startswith("checker.") and _inside(part) in modules else base for part in parts}
        case ast.Call(
            func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"), args=[name, *_]
        ):
            yield str(name.value) if isinstance(name, ast.Constant) else ""


def _package(module: str, path: Path, level: int) -> str | None:
    """What the dots of a relative import stand for; None where there are none."""
    parts = ("checker", *(() if module == "__init__" else module.split(".")))
    up = level - (path.name == "__init__.py")
    return ".".join(parts[: len(parts) - up]) if level else None
