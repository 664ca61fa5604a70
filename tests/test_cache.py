"""The cache of read packs: what comes out is what was read, and nothing that lies there can do harm."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from random_packs import legal_pack

import checker.pack
from checker import cache
from checker.dates import Date, Duration
from checker.errors import PackError
from checker.model import Pack
from checker.pack import load_pack
from checker.values import NONE, Step, Term, Unknown, Variable

ROOT = Path(__file__).resolve().parent.parent
ISLS = ROOT / "rules" / "isls"
SMALL = Path(__file__).resolve().parent / "packs" / "leap"
FOLDERS = sorted(head.parent for where in ("rules", "tests/packs") for head in (ROOT / where).glob("*/pack.yaml"))
KEY = "some key"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of our own, not made yet."""
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "kept"))
    return tmp_path / "kept"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that were truly read."""
    folders: list[Path] = []

    def reading(folder: Path) -> Pack:
        folders.append(folder)
        return load_pack(folder)

    monkeypatch.setattr(checker.pack, "load_pack", reading)
    return folders


# --- what comes out -----------------------------------------------------------


def same(left: Any, right: Any) -> bool:
    """Equal to the last part, in type and in order."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, Pack):
        return all(same(getattr(left, name), getattr(right, name)) for name in Pack.__slots__)
    return left is right if left is NONE else repr(left) == repr(right)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_pack_comes_out_as_it_went_in(folder: Path) -> None:
    pack = load_pack(folder)
    assert same(cache.decode(cache.encode(pack, KEY), KEY), pack)


def test_random_packs_come_out_as_they_went_in(tmp_path: Path) -> None:
    legal = 0
    for seed in range(150):
        made = legal_pack(seed, tmp_path / str(seed))
        if made is not None:
            legal += 1
            assert same(cache.decode(cache.encode(made[1], KEY), KEY), made[1]), seed
    assert legal > 50


@pytest.mark.parametrize(
    "value",
    [
        NONE,
        1,
        -(10**30),
        "",
        "\ud800 \u202e\0",
        Decimal("2.5"),
        Decimal("-1E+400"),
        Date(1, 1, 1),
        Date(9999, 12, 31),
        Duration(18, -3),
        Unknown("fact", "field", ("+P1Y",)),
    ],
)
def test_every_value_comes_out_as_it_went_in(value: Any) -> None:
    pack = load_pack(ISLS)
    term = Term(value, (Step(-1, Variable("x"), Variable("n")), Step(1, Duration(1), 2)))
    rule = next(iter(pack.rules.values()))._replace(due=term, say={"en": ("a", term)})
    facts = (pack.facts[0]._replace(values=(value,)),)
    changed = changed_pack(pack, rules={rule.id: rule}, facts=facts)
    assert same(cache.decode(cache.encode(changed, KEY), KEY), changed)


def changed_pack(pack: Pack, **changes: Any) -> Pack:
    return Pack(**{name: changes.get(name, getattr(pack, name)) for name in Pack.__slots__})


@pytest.mark.parametrize("changes", [{"title": 5}, {"parties": ["a"]}, {"facts": (("a", ()),)}, {"rules": {"a": None}}])
def test_what_is_not_of_its_type_does_not_come_out(changes: dict[str, Any]) -> None:
    pack = changed_pack(load_pack(ISLS), **changes)
    with pytest.raises((ValueError, TypeError)):
        cache.decode(cache.encode(pack, KEY), KEY)


# --- when it is used ----------------------------------------------------------


def test_a_pack_is_read_once(kept: Path, reads: list[Path]) -> None:
    first, second = cache.open_pack_folder(ISLS), cache.open_pack_folder(ISLS)
    assert reads == [ISLS]
    assert same(first, second)
    (file,) = kept.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert kept.stat().st_mode & 0o777 == 0o700


def test_a_changed_pack_is_read_again(kept: Path, reads: list[Path], tmp_path: Path) -> None:
    mine = shutil.copytree(ISLS, tmp_path / "isls")
    old = cache.open_pack_folder(mine)
    (mine / "zz.yaml").write_text("sources: {}\n", "utf-8")
    new = cache.open_pack_folder(mine)
    assert reads == [mine, mine]
    assert old.sha256 != new.sha256
    assert len([*kept.iterdir()]) == 2


def test_the_same_bytes_elsewhere_have_their_own_places(
    kept: Path, reads: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = shutil.copytree(ISLS, tmp_path / "isls")
    monkeypatch.chdir(tmp_path)
    folders = (ISLS, mine, Path("isls"))
    for _ in range(2):
        for folder in folders:
            assert same(cache.open_pack_folder(folder), load_pack(folder))
    monkeypatch.chdir(ISLS.parent)  # the same path, and now it is the shipped pack
    assert same(cache.open_pack_folder(Path("isls")), load_pack(Path("isls")))
    assert reads == [*folders, Path("isls")]
    assert len([*kept.iterdir()]) == 4


@pytest.mark.parametrize("what", ["__version__", "_FORMAT", "_own_files"])
def test_another_checker_reads_again(what: str, kept: Path, reads: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    cache.open_pack_folder(ISLS)
    monkeypatch.setattr(cache, what, list if what == "_own_files" else "other")
    cache.open_pack_folder(ISLS)
    assert len(reads) == len([*kept.iterdir()]) == 2


def test_a_pack_with_problems_is_never_kept(kept: Path, tmp_path: Path) -> None:
    mine = shutil.copytree(ISLS, tmp_path / "isls")
    (mine / "zz.yaml").write_text("nonsense: 1\n", "utf-8")
    for folder in (mine, tmp_path):
        with pytest.raises(PackError) as told:
            load_pack(folder)
        for _ in range(2):
            with pytest.raises(PackError) as again:
                cache.open_pack_folder(folder)
            assert again.value.problems == told.value.problems
    assert not kept.exists()


def test_a_pack_that_changes_while_it_is_read_is_not_kept(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = shutil.copytree(ISLS, tmp_path / "isls")

    def reading(folder: Path) -> Pack:
        (mine / "zz.yaml").write_text("sources: {}\n", "utf-8")
        return load_pack(folder)

    monkeypatch.setattr(checker.pack, "load_pack", reading)
    cache.open_pack_folder(mine)
    assert not kept.exists()


def test_off_means_off(reads: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache.VARIABLE, "off")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "shared"))
    monkeypatch.chdir(tmp_path)
    assert same(cache.open_pack_folder(ISLS), cache.open_pack_folder(ISLS))
    assert reads == [ISLS, ISLS]
    assert not [*tmp_path.iterdir()]


def test_where_packs_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv(cache.VARIABLE, raising=False)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cache.cache_folder() == tmp_path / "Library" / "Caches" / "servanda"
    monkeypatch.setattr(sys, "platform", "linux")
    for shared, folder in {
        "": tmp_path / ".cache",
        "not/absolute": tmp_path / ".cache",
        "/shared": Path("/shared"),
    }.items():
        monkeypatch.setenv("XDG_CACHE_HOME", shared)
        assert cache.cache_folder() == folder / "servanda"
    monkeypatch.setenv(cache.VARIABLE, "/mine")
    assert cache.cache_folder() == Path("/mine")


def test_at_most_so_many_are_kept_and_nothing_else_is_removed(kept: Path) -> None:
    kept.mkdir(mode=0o700)
    (kept / "letter.json").write_text("mine", "utf-8")
    os.utime(kept / "letter.json", (0, 0))
    for number in range(cache.MOST_FILES + 5):
        old = kept / f"{number:064x}.{'json' if number % 2 else number}"
        old.touch()
        os.utime(old, (number, number))
    cache.open_pack_folder(ISLS)
    left = sorted(file.name for file in kept.iterdir())
    assert len(left) == cache.MOST_FILES + 1
    assert "letter.json" in left
    assert f"{5:064x}.json" not in left
    assert f"{7:064x}.json" in left


# --- what may lie there -------------------------------------------------------


def sealed(body: object) -> bytes:
    """A file with a good checksum, whatever it says."""
    return sealed_text(json.dumps(body).encode())


def sealed_text(text: bytes) -> bytes:
    return json.dumps(hashlib.sha256(text).hexdigest()).encode() + b"\n" + text


def resealed(change: Callable[[list[Any]], object]) -> Callable[[bytes], bytes]:
    """What changes a good file and gives it a good checksum."""

    def changed(content: bytes) -> bytes:
        body = json.loads(content.partition(b"\n")[2])
        change(body)
        return sealed(body)

    return changed


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "truncated": lambda content: content[:-20],
    "one letter": lambda content: content.replace(b"china", b"chima", 1),
    "not text": lambda _: os.urandom(1000),
    "a list": lambda _: sealed([]),
    "null": lambda _: sealed(None),
    "deep": lambda _: sealed_text(b"[" * 200_000),
    "another key": resealed(lambda body: body.__setitem__(0, "other")),
    "no rows": resealed(lambda body: body[3].clear()),
    "no pack": resealed(lambda body: body[3].pop()),
    "row of a row": resealed(lambda body: body[3].insert(0, [0, [1]])),
    "an unknown noun": resealed(lambda body: body[3][-1].__setitem__(0, 99)),
    "a negative noun": resealed(lambda body: body[3][-1].__setitem__(0, -1)),
    "too few parts": resealed(lambda body: body[3][-1].pop()),
    "too many parts": resealed(lambda body: body[3][-1].append(0)),
    "a part to come": resealed(lambda body: body[3][0].append(10**6)),
    "a part before all": resealed(lambda body: body[3][0].append(-1)),
    "a wrong part": resealed(lambda body: body[3][-1].__setitem__(1, 0)),
    "rows swapped": resealed(lambda body: body[3].reverse()),
    "numbers for texts": resealed(lambda body: body.__setitem__(1, [1] * len(body[1]))),
    "texts for numbers": resealed(lambda body: body.__setitem__(2, ["1"] * len(body[2]))),
    "another pack's hash": resealed(lambda body: body[1].__setitem__(body[1].index(load_pack(ISLS).sha256), "0" * 64)),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_passed_over_and_replaced(damage: str, kept: Path, reads: list[Path]) -> None:
    pack = cache.open_pack_folder(ISLS)
    (file,) = kept.iterdir()
    good = file.read_bytes()
    file.write_bytes(DAMAGE[damage](good))
    assert same(cache.open_pack_folder(ISLS), pack)
    assert reads == [ISLS, ISLS]
    assert file.read_bytes() == good


def test_any_part_exchanged_is_noticed_or_still_of_its_type() -> None:
    good = cache.encode(load_pack(SMALL), KEY)
    body = json.loads(good.partition(b"\n")[2])
    for row in body[3][::7]:
        for position in range(len(row)):
            was, row[position] = row[position], (row[position] * 7 + 3) % 300
            try:
                pack = cache.decode(sealed(body), KEY)
            except Exception:  # noqa: BLE001, S110 - any will do: the caller catches all
                pass
            else:
                assert same(cache.decode(cache.encode(pack, KEY), KEY), pack)
            row[position] = was


def test_a_folder_others_can_write_to_is_not_used(kept: Path, reads: list[Path]) -> None:
    cache.open_pack_folder(ISLS)
    for mode in (0o770, 0o707, 0o1777):
        kept.chmod(mode)
        cache.open_pack_folder(ISLS)
    assert len(reads) == 4
    (file,) = kept.iterdir()
    file.unlink()
    cache.open_pack_folder(ISLS)
    assert not [*kept.iterdir()]


def test_a_file_others_can_write_to_is_not_used(kept: Path, reads: list[Path]) -> None:
    cache.open_pack_folder(ISLS)
    (file,) = kept.iterdir()
    file.chmod(0o666)
    cache.open_pack_folder(ISLS)
    assert len(reads) == 2
    assert file.stat().st_mode & 0o777 == 0o600


def test_links_are_not_followed(kept: Path, reads: list[Path], tmp_path: Path) -> None:
    cache.open_pack_folder(ISLS)
    (file,) = kept.iterdir()
    elsewhere = file.rename(tmp_path / "elsewhere.json")
    good = elsewhere.read_bytes()
    file.symlink_to(elsewhere)
    cache.open_pack_folder(ISLS)
    assert len(reads) == 2
    assert not file.is_symlink()  # replaced, and what it led to is as it was
    assert elsewhere.read_bytes() == good
    real = kept.rename(tmp_path / "real")
    kept.symlink_to(real)
    cache.open_pack_folder(ISLS)
    assert len(reads) == 3


def test_what_is_no_file_is_passed_over(kept: Path, reads: list[Path]) -> None:
    pack = cache.open_pack_folder(ISLS)
    (file,) = kept.iterdir()
    file.unlink()
    os.mkfifo(file)
    assert same(cache.open_pack_folder(ISLS), pack)  # does not wait for a writer
    file.unlink()
    file.mkdir()
    assert same(cache.open_pack_folder(ISLS), pack)
    assert [*kept.iterdir()] == [file]  # no draft is left behind
    assert len(reads) == 3


@pytest.mark.parametrize("where", ["/dev/null", "/dev/null/in", "/proc/none", "\udcff\0", "x" * 5000])
def test_a_folder_that_cannot_be_is_passed_over(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "cache_folder", lambda: Path(where))
    assert same(cache.open_pack_folder(ISLS), load_pack(ISLS))


# --- what it costs ------------------------------------------------------------


def test_a_kept_pack_imports_no_reader(kept: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from checker.cache import open_pack_folder\n"
        f"open_pack_folder(Path({str(ISLS)!r}))\n"
        "print([name for name in ('yaml', 'jsonschema', 'checker.pack', 'checker.rules', 'checker.bodies',\n"
        "    'checker.vocabulary', 'checker.shape', 'checker.load_yaml') if name in sys.modules])"
    )
    told = [
        subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=ROOT).stdout
        for _ in range(2)
    ]
    assert "checker.pack" in told[0]
    assert told[1] == "[]\n"
    assert len([*kept.iterdir()]) == 1
