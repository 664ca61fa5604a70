"""`check --changed-since REF`: what git knows to be as it was is left out, and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from checker.changed import Selection, changed_cases
from checker.cli import run
from checker.errors import UsageError
from checker.options import Options
from checker.sources import Search, find_cases

SPOKEN = Path(__file__).with_name("packs") / "spoken"
LATE = (SPOKEN / "tests" / "violated.yaml").read_text("utf-8")  # violates term.notice
OPTIONS = Options(pack="./rules", engine="referee")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pack and the cases a, b and c, committed; the tag `first` is there, and `main` goes on from it."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "SERVANDA_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    folder = tmp_path / "repository"
    shutil.copytree(SPOKEN, folder / "rules")
    (folder / "cases").mkdir()
    for name in "abc":
        (folder / "cases" / f"{name}.yaml").write_text(f"# {name}\n{LATE}", "utf-8")
    monkeypatch.chdir(folder)
    git("init", "-q", "-b", "main")
    commit()
    git("tag", "first")
    return folder


def git(*arguments: str) -> None:
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments]
    subprocess.run(command, check=True, capture_output=True)


def commit() -> None:
    git("add", ".")
    git("commit", "-qm", "something")


def add(name: str, text: str) -> None:
    with Path(name).open("a", encoding="utf-8") as file:
        file.write(text)


def selected(ref: str = "first", options: Options = OPTIONS, where: str = "cases") -> Selection:
    return changed_cases(find_cases([where], Search(None, 1_000_000)), ref, options)


def names(ref: str = "first", options: Options = OPTIONS) -> list[str]:
    found = selected(ref, options)
    assert found.because_of is None
    return [Path(each.name).name for each in found.sources]


def test_nothing_changed(repository: Path) -> None:
    assert selected() == Selection((), 3, None)
    assert repository.is_dir()


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("committed", [False, True])
def test_what_is_added_modified_or_renamed_is_judged(committed: bool) -> None:  # noqa: FBT001 - a parameter
    add("cases/a.yaml", "# more\n")
    add("cases/an other ü.yaml", LATE)
    Path("cases/b.yaml").rename("cases/d.yaml")
    if committed:
        commit()
    assert names() == ["a.yaml", "an other ü.yaml", "d.yaml"]
    assert names("HEAD") == ([] if committed else ["a.yaml", "an other ü.yaml", "d.yaml"])


@pytest.mark.usefixtures("repository")
def test_what_is_staged_is_changed_and_what_is_put_back_is_not() -> None:
    add("cases/a.yaml", "# more\n")
    git("add", ".")
    assert names() == ["a.yaml"]
    git("reset", "-q", "--hard")
    Path("cases/a.yaml").touch()
    assert names() == []


@pytest.mark.usefixtures("repository")
def test_what_others_changed_meanwhile_is_not_of_this_branch() -> None:
    git("checkout", "-qb", "branch")
    add("cases/b.yaml", "# ours\n")
    commit()
    git("checkout", "-q", "main")
    add("cases/a.yaml", "# theirs\n")
    commit()
    git("checkout", "-q", "branch")
    assert names("main") == ["b.yaml"]


@pytest.mark.usefixtures("repository")
def test_what_git_does_not_follow_is_judged(tmp_path: Path) -> None:
    Path(".gitignore").write_text("ignored.yaml\n", "utf-8")
    commit()
    Path("cases/ignored.yaml").write_text(LATE, "utf-8")
    assert names("HEAD") == ["ignored.yaml"]
    (tmp_path / "elsewhere.yaml").write_text(LATE, "utf-8")
    assert len(selected("HEAD", where=str(tmp_path / "elsewhere.yaml")).sources) == 1


@pytest.mark.usefixtures("repository")
def test_a_link_changes_with_what_it_leads_to() -> None:
    Path("cases/link.yaml").symlink_to("../rules/tests/violated.yaml")
    commit()
    assert names("HEAD") == []
    add("rules/tests/violated.yaml", "# more\n")
    assert names("HEAD") == ["link.yaml"]


@pytest.mark.usefixtures("repository")
def test_the_paths_are_right_below_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    add("cases/a.yaml", "# more\n")
    add("rules/tests/violated.yaml", "# a test of the pack, which decides nothing\n")
    monkeypatch.chdir("cases")
    found = selected(where="../cases", options=OPTIONS._replace(pack="../rules"))
    assert [each.name for each in found.sources] == ["../cases/a.yaml"]


def _another_file_of_the_pack() -> None:
    shutil.copy("rules/pack.yaml", "rules/more.yaml")


def _no_file_of_the_pack() -> None:
    shutil.copy("rules/pack.yaml", "rules/more.yaml")
    commit()
    git("tag", "-f", "first")
    Path("rules/more.yaml").unlink()


def _no_settings() -> None:
    Path("servanda.toml").write_text('fail-on = "violated"\n', "utf-8")
    commit()
    git("tag", "-f", "first")
    Path("servanda.toml").unlink()


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("change", "because"),
    [
        (lambda: add("rules/pack.yaml", "# more\n"), "rules/pack.yaml"),
        (_another_file_of_the_pack, "rules/more.yaml"),
        (_no_file_of_the_pack, "rules/more.yaml"),
        (lambda: add("servanda.toml", 'fail-on = "violated"\n'), "servanda.toml"),
        (_no_settings, "servanda.toml"),
        (lambda: add("servanda-waivers.yaml", "waivers: []\n"), "servanda-waivers.yaml"),
        (lambda: add("accepted.json", "{}\n"), "accepted.json"),
    ],
    ids=["pack", "pack-added", "pack-removed", "settings", "settings-removed", "waivers", "baseline"],
)
def test_a_change_of_what_decides_all_cases_means_all_cases(change: object, because: str) -> None:
    options = OPTIONS._replace(baseline="accepted.json", waivers="servanda-waivers.yaml")
    Path("servanda-waivers.yaml").write_text("waivers: []\n# nothing\n", "utf-8")
    Path("accepted.json").write_text("{}\n\n", "utf-8")
    commit()
    git("tag", "-f", "first")
    assert selected(options=options) == Selection((), 3, None)
    assert callable(change)
    change()
    found = selected(options=options)
    assert (len(found.sources), found.left_out, found.because_of) == (3, 0, because)


@pytest.mark.usefixtures("repository")
def test_where_git_can_not_tell_there_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"`nowhere`: no such commit, branch or tag"):
        selected("nowhere")
    with pytest.raises(UsageError, match=r"`--output=x` is no name of a commit"):
        selected("--output=x")
    git("checkout", "-q", "--orphan", "other")
    git("commit", "-qm", "another beginning")
    git("checkout", "-q", "main")
    with pytest.raises(UsageError, match=r"no commit from which both `other` and this checkout come.*--unshallow"):
        selected("other")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UsageError, match="not a git repository"):
        selected(where="repository/cases", options=OPTIONS._replace(pack="repository/rules"))


@pytest.mark.usefixtures("repository")
def test_the_command_judges_what_changed_and_says_how_much_it_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["check", "cases", "--pack", "./rules", "--engine", "referee", "-o", "concise"]
    assert run(command) == 1
    capsys.readouterr()
    assert run([*command, "--changed-since", "first"]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == (
        "",
        "servanda: 3 of 3 case files did not change since `first`: not judged\n",
    )
    add("cases/b.yaml", "# more\n")
    assert run([*command, "--changed-since", "first"]) == 1
    assert {line.partition(":")[0] for line in capsys.readouterr().out.splitlines()} == {"cases/b.yaml"}
    assert run(["check", "empty*", *command[2:], "--changed-since", "first"]) == 2
    assert "did not change" not in capsys.readouterr().err
    assert run([*command, "--changed-since", "first", "--quiet"]) == 1
    assert "did not change" not in capsys.readouterr().err
    add("rules/pack.yaml", "# more\n")
    assert run([*command, "--changed-since", "first"]) == 1
    told = capsys.readouterr()
    assert len({line.partition(":")[0] for line in told.out.splitlines()}) == 3
    assert told.err == "servanda: `rules/pack.yaml` changed since `first`, so every case is judged\n"
