"""Into pipelines: hooks, action, GitLab's job, image and what docs/ci.md says, run as far as one machine can."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import pytest
import yaml
from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parent.parent
SPOKEN = Path(__file__).with_name("packs") / "spoken"
LATE = (SPOKEN / "tests" / "violated.yaml").read_text("utf-8")  # violates term.notice
CI = (ROOT / "docs" / "ci.md").read_text("utf-8")
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
GITLAB = yaml.safe_load((ROOT / "docs" / "ci" / "gitlab.yml").read_text("utf-8"))
WAIVERS = """\
waivers:
  - id: W-1
    rule: term.notice
    match: {case: "*"}
    reason: both sides agreed
    approver: Head of the legal department
    created: 2026-01-01
    expires: 2999-01-01
"""

# The plugin once, whether or not this checkout is installed.
PLUGIN = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "checker.pytest_plugin"}


class Project(NamedTuple):
    """A repository of somebody, with the real `servanda` on the path."""

    folder: Path
    environ: dict[str, str]

    def write(self, name: str, text: str) -> None:
        """Write a file, and the folders on the way to it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def git(self, *arguments: str) -> None:
        """Let git do something that has to work."""
        self.done("git", *arguments).check_returncode()

    def bash(self, script: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """A script, as GitHub and GitLab run it."""
        return self.done("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script, **environ)

    def done(self, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """A command that ran here, whatever it ended with."""
        return subprocess.run(
            command, cwd=self.folder, env={**self.environ, **environ}, capture_output=True, text=True, check=False
        )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Its `main` has a pack, a late notice, and a waiver for it; `origin/main` too."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, means in {"servanda": f'"{sys.executable}" -m checker', "python": f'"{sys.executable}"'}.items():
        (programs / name).write_text(f'#!/bin/sh\nexec {means} "$@"\n', "utf-8")
        (programs / name).chmod(0o755)
    environ = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path),
        "PRE_COMMIT_HOME": str(tmp_path / "pre-commit"),
        "SERVANDA_PACK": "rules/spoken",
        "SERVANDA_ENGINE": "referee",
        "GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    (tmp_path / "gitconfig").write_text("[user]\nname = A\nemail = a@example.org\n[init]\ndefaultBranch = main\n")
    made = Project(tmp_path / "project", environ)
    shutil.copytree(SPOKEN, made.folder / "rules" / "spoken")
    made.write("cases/late.yaml", LATE.partition("expect:")[0])
    made.write("servanda-waivers.yaml", WAIVERS)
    made.git("init", "-q")
    made.git("init", "-q", "--bare", str(tmp_path / "origin"))
    made.git("add", ".")
    made.git("commit", "-qm", "first")
    made.git("remote", "add", "origin", str(tmp_path / "origin"))
    made.git("push", "-q", "origin", "main")
    return made


def fences(language: str) -> Iterator[tuple[str, str]]:
    """The fenced blocks of docs/ci.md in a language, each with the heading it stands under."""
    heading = ""
    tokens = MarkdownIt().parse(CI)
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and following is not None:
            heading = following.content
        elif token.type == "fence" and token.info == language:
            yield heading, token.content


def block(heading: str, language: str = "yaml") -> Any:
    (text,) = (text for each, text in fences(language) if each == heading)
    return yaml.safe_load(text)


# --- docs/ci.md -------------------------------------------------------------------------

# What each block comes to where `main` holds a late notice and a waiver for it: only what forgives lets it pass.
COMES_TO = {
    "Plain shell": [1],
    "pytest": [1],
    "Waivers from the main branch": [0],
    "Baselines": [0, 0],
    "Only what changed": [0],
    "Thousands of cases": [1],
    "A report for those who decide": [1],
}


def test_the_commands_of_the_docs_run_and_come_to_what_they_should(project: Project) -> None:
    codes: dict[str, list[int]] = {}
    for heading, script in fences("sh"):
        codes.setdefault(heading, []).append(project.bash(script, **PLUGIN).returncode)
    assert codes == COMES_TO
    assert ET.parse(project.folder / "servanda.xml").getroot().tag == "testsuites"  # noqa: S314 - our own
    assert json.loads((project.folder / "servanda.json").read_text("utf-8"))["summary"]["violated"] == 1


def test_a_change_that_waives_itself_fails_under_the_commands_of_the_docs(project: Project) -> None:
    project.git("rm", "-q", "servanda-waivers.yaml")
    project.git("commit", "-qm", "nothing is waived")
    project.git("push", "-q", "origin", "main")
    project.write("servanda-waivers.yaml", WAIVERS)
    (script,) = (text for heading, text in fences("sh") if heading.startswith("Waivers"))
    assert project.bash(script).returncode == 1
    assert project.bash(script.replace(" --waivers-from origin/main", "")).returncode == 0


def test_the_workflow_of_the_docs_uses_the_action_as_it_is() -> None:
    steps = block("GitHub Actions")["jobs"]["servanda"]["steps"]
    (ours,) = (step for step in steps if step["uses"].startswith("your-org/servanda@"))
    assert ours["with"].keys() <= ACTION["inputs"].keys()
    used = set(re.findall(r"steps\.servanda\.outputs\.(\w+)", CI))
    assert used
    assert used <= ACTION["outputs"].keys()
    named = set(re.findall(r"`([a-z-]+)`", CI.split("| input | is |")[1].split("\n\n")[0]))
    assert ACTION["inputs"].keys() <= named


def test_the_settings_of_pytest_in_the_docs_ask_for_the_cases(project: Project) -> None:
    ((_, settings),) = fences("toml")
    project.write("pyproject.toml", settings)
    done = project.done("python", "-m", "pytest", "-q", "--collect-only", **PLUGIN)
    assert "cases/late.yaml::" in done.stdout, done.stderr


def test_the_job_that_the_docs_include_is_there() -> None:
    (included,) = block("GitLab")["include"]
    assert (ROOT / included["file"]).is_file()
    assert block("GitLab")["variables"].keys() == GITLAB["servanda"]["variables"].keys()


# --- the GitHub action ------------------------------------------------------------------


class Ran(NamedTuple):
    """A step that ran: its process, its summary and its outputs."""

    process: subprocess.CompletedProcess[str]
    summary: str
    outputs: dict[str, str]


def step_of_action(project: Project, **inputs: str) -> Ran:
    """The step `check` with inputs as GitHub hands them over, after an installation by other means."""
    step = ACTION["runs"]["steps"][-1]
    given = {name: each.get("default", "") for name, each in ACTION["inputs"].items()} | {
        name.replace("_", "-"): value for name, value in inputs.items()
    }
    environ = {
        name: given[re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", text)[1]] for name, text in step["env"].items()
    }
    temp = project.folder.parent / "temp"
    (temp / "servanda" / "bin").mkdir(parents=True, exist_ok=True)
    installed = temp / "servanda" / "bin" / "servanda"
    if not installed.exists():
        installed.symlink_to(project.folder.parent / "bin" / "servanda")
    files = {name: temp / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.write_text("")
    process = project.bash(step["run"], RUNNER_TEMP=str(temp), **{k: str(v) for k, v in files.items()}, **environ)
    lines = files["GITHUB_OUTPUT"].read_text("utf-8").splitlines()
    outputs = dict(line.split("=", 1) for line in lines)
    assert len(outputs) == len(lines)
    return Ran(process, files["GITHUB_STEP_SUMMARY"].read_text("utf-8"), outputs)


def test_the_action_annotates_summarises_and_says_where_the_reports_are(project: Project) -> None:
    ran = step_of_action(
        project, cases="cases\n", formats="junit=a b.xml\n\nconcise=out.txt", sarif="a.sarif\nstatus=passed"
    )
    assert ran.process.returncode == 1, ran.process.stderr
    assert ran.process.stdout.startswith("::error file=cases/late.yaml,line=")
    assert "term.notice" in ran.summary
    assert (ran.outputs["status"], ran.outputs["sarif"]) == ("failed", "a.sarif")
    assert json.loads(Path(ran.outputs["report"]).read_text("utf-8"))["summary"]["violated"] == 1
    assert json.loads((project.folder / ran.outputs["sarif"]).read_text("utf-8"))["version"] == "2.1.0"
    assert (project.folder / "a b.xml").is_file()
    assert (project.folder / "out.txt").read_text("utf-8").startswith("cases/late.yaml:")


@pytest.mark.parametrize(
    ("inputs", "code", "status"),
    [
        ({"cases": "cases", "fail_on": "never"}, 0, "passed"),
        ({"cases": "cases/*.yaml", "waivers": "servanda-waivers.yaml", "waivers_from": "origin/main"}, 0, "passed"),
        ({"cases": "cases", "changed_since": "origin/main", "sarif": ""}, 0, "passed"),
        ({"cases": "cases", "args": "--ignore=term.notice\n--as-of=2030-01-01"}, 0, "passed"),
        ({"cases": "cases", "fail_on": "sometimes"}, 2, "no-answer"),
        ({"cases": "cases", "pack": "isls"}, 2, "no-answer"),
        ({"cases": "cases", "baseline": "nowhere.json"}, 2, "no-answer"),
        ({"cases": ""}, 2, "no-answer"),
    ],
    ids=str,
)
def test_the_inputs_of_the_action_do_what_the_flags_do(
    inputs: dict[str, str], code: int, status: str, project: Project
) -> None:
    ran = step_of_action(project, **inputs)
    assert (ran.process.returncode, ran.outputs["status"]) == (code, status), ran.process.stderr
    assert bool(ran.outputs["sarif"]) == ("sarif" not in inputs and (project.folder / "servanda.sarif").is_file())


HOSTILE = "$(touch pwned)`touch pwned`; touch pwned #\n--allow-empty\n\"'${IFS}*\n::set-output name=status::passed"


def test_no_input_of_the_action_becomes_part_of_a_script(project: Project) -> None:
    before = {path.name for path in project.folder.iterdir()}
    ran = step_of_action(project, **dict.fromkeys(ACTION["inputs"], HOSTILE))
    assert ran.outputs == {"status": "no-answer", "report": "", "sarif": ""}
    assert {path.name for path in project.folder.iterdir()} == before


def test_a_case_of_the_action_is_no_flag(project: Project) -> None:
    ran = step_of_action(project, cases="cases\n--fail-on=never\n--allow-empty")
    assert ran.outputs["status"] == "no-answer"
    assert "--fail-on=never" in ran.process.stdout  # as a file that is not there


def test_the_scripts_of_the_action_name_no_expression() -> None:
    steps = ACTION["runs"]["steps"]
    assert [step for step in steps if "${{" in step["run"]] == []
    assert {step["shell"] for step in steps} == {"bash"}
    assert [step for step in steps if "uses" in step] == []


@pytest.mark.external
def test_zizmor_finds_nothing(tmp_path: Path) -> None:
    zizmor = _program("zizmor")
    command = [zizmor, "--offline", "--no-progress", "--persona=pedantic"]
    done = subprocess.run([*command, str(ROOT / "action.yml")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    # It would find something: the same step with the input in the script.
    bad = (ROOT / "action.yml").read_text("utf-8").replace('add --pack "$PACK"', 'add --pack "${{ inputs.pack }}"')
    workflow = tmp_path / "action.yml"
    workflow.write_text(bad, "utf-8")
    done = subprocess.run([*command, str(workflow)], capture_output=True, text=True, check=False)
    assert "template-injection" in done.stdout


@pytest.mark.external
def test_shellcheck_finds_nothing() -> None:
    scripts = [step["run"] for step in ACTION["runs"]["steps"]]
    scripts += [text for _, text in fences("sh")]
    scripts.append("\n".join([*GITLAB["servanda"]["before_script"], *GITLAB["servanda"]["script"]]))
    for script in scripts:
        done = subprocess.run(
            [_program("shellcheck"), "--shell=bash", "--exclude=SC1091", "-"],
            input=script,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


def _program(name: str) -> str:
    """A program that pip installed beside Python, or that is on the path."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        pytest.skip(f"{name} is not here")
    return found


# --- GitLab -----------------------------------------------------------------------------


def test_the_job_of_gitlab_writes_the_reports_it_hands_over(project: Project) -> None:
    job = GITLAB["servanda"]
    environ = {**job["variables"], "CI_DEFAULT_BRANCH": "main"}
    project.write("cases/late-too.yaml", LATE.partition("expect:")[0].replace("T1", "T2"))
    project.write("servanda-waivers.yaml", WAIVERS.replace("W-1", "W-mine"))
    ran = project.bash("\n".join(job["script"]), **environ)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "W-1" in ran.stdout
    assert "W-mine" not in ran.stdout
    reports = job["artifacts"]["reports"]
    found = json.loads((project.folder / reports["codequality"]).read_text("utf-8"))
    assert {(each["location"]["path"], each["severity"]) for each in found} == {
        ("cases/late.yaml", "info"),
        ("cases/late-too.yaml", "info"),
    }
    assert ET.parse(project.folder / reports["junit"]).getroot().tag == "testsuites"  # noqa: S314 - our own
    assert job["artifacts"]["when"] == "always"


# --- pre-commit -------------------------------------------------------------------------


@pytest.mark.external
def test_pre_commit_runs_the_hooks(project: Project) -> None:
    """With `language: system`: building the environment is pip's affair, and takes a compiler and half a minute."""
    pre_commit = _program("pre-commit")
    assert project.done(pre_commit, "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")).returncode == 0
    hooks = project._replace(folder=project.folder.parent / "hooks")
    hooks.write(".pre-commit-hooks.yaml", (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    for command in ("init -q", "add .", "commit -qm hooks", "tag v0.1.0"):
        hooks.git(*command.split())
    config = block("pre-commit")
    (repo,) = config["repos"]
    repo["repo"] = str(hooks.folder)
    for hook in repo["hooks"]:
        hook["language"] = "system"
        hook["args"] = [each.replace("rules/visits", "rules/spoken") for each in hook.get("args", [])]
    project.write(".pre-commit-config.yaml", yaml.safe_dump(config))

    project.write("cases/late.yaml", LATE.partition("expect:")[0].replace(": ", ":   "))
    ran = project.done(pre_commit, "run", "--all-files", "--color=never")
    results = dict(re.findall(r"(?m)^(servanda \w+)\.+(\w+)$", ran.stdout))
    assert results == {
        "servanda fmt": "Failed",
        "servanda check": "Failed",
        "servanda lint": "Failed",  # it says something of the little pack
        "servanda test": "Passed",
    }, ran.stdout
    assert "files were modified by this hook" in ran.stdout
    assert "Russia gave no diplomatic notice by 2043-07-18" in ran.stdout
    project.write("notes.yaml", "a: 1\n")  # no case, no pack: no hook looks at it
    project.git("add", "notes.yaml")
    ran = project.done(pre_commit, "run", "--color=never")
    assert ran.returncode == 0
    assert ran.stdout.count("(no files to check)Skipped") == len(HOOKS)


def test_the_hooks_of_the_docs_are_those_there_are() -> None:
    (repo,) = block("pre-commit")["repos"]
    assert {hook["id"] for hook in repo["hooks"]} == {hook["id"] for hook in HOOKS}


# --- the image --------------------------------------------------------------------------


def test_the_image_is_built_without_latest_and_runs_without_rights_or_compiler() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
    steps = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    starts = [number for number, (word, _) in enumerate(steps) if word == "FROM"]
    bases = [steps[number][1].split(" AS ")[0] for number in starts]
    assert len(bases) == 2
    assert all(re.fullmatch(r"python:3\.12-slim-\w+", base) for base in bases)
    final = steps[starts[-1] :]
    assert [text for word, text in final if word == "RUN"] == []  # so nothing is installed in it
    (user,) = (text for word, text in final if word == "USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)  # numbers: Kubernetes can see that it is not root
    assert ["ENTRYPOINT", '["servanda"]'] in final


def test_what_the_image_is_built_from_is_enough_to_build_it(tmp_path: Path) -> None:
    copied = re.findall(r"(?m)^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text("utf-8"))
    names = " ".join(copied).split()
    let_in = set(re.findall(r"(?m)^!(\S+)$", (ROOT / ".dockerignore").read_text("utf-8")))
    assert set(names) == let_in
    for name in names:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "made"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert len(list((tmp_path / "made").glob("servanda-*.whl"))) == 1


@pytest.mark.external
def test_hadolint_finds_nothing() -> None:
    done = subprocess.run(
        [_program("hadolint"), "--no-color", str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
