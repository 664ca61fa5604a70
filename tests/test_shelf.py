"""The shelf: what the name or the path of a pack means, in a checkout and in a wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker import shelf
from checker.errors import CheckerError, UsageError


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with two packs and a folder that is none; we stand in an empty folder beside it."""
    root = tmp_path / "checkout"
    (root / "checker").mkdir(parents=True)
    _pack(root / "rules" / "moon")
    _pack(root / "rules" / "antarctic")
    (root / "rules" / "drafts").mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setattr(shelf, "_PACKAGE", root / "checker")
    return root


def test_a_checkout_keeps_its_packs_beside_the_package(checkout: Path) -> None:
    assert shelf.packs_folder() == checkout / "rules"
    assert shelf.shipped() == ("antarctic", "moon")


def test_a_wheel_keeps_its_packs_inside_the_package(checkout: Path) -> None:
    _pack(checkout / "checker" / "rules" / "sea")
    assert shelf.packs_folder() == checkout / "checker" / "rules"
    assert shelf.shipped() == ("sea",)


def test_an_installation_without_packs_says_where_it_looked(checkout: Path) -> None:
    (checkout / "rules").rename(checkout / "gone")
    with pytest.raises(CheckerError, match=r"this installation has no packs: neither `.+` nor `.+` is a folder"):
        shelf.shipped()


def test_a_name_is_a_shipped_pack(checkout: Path) -> None:
    assert shelf.find_pack("moon") == checkout / "rules" / "moon"


def test_a_folder_here_does_not_hide_a_shipped_pack(checkout: Path) -> None:
    _pack(Path("moon"))
    assert shelf.find_pack("moon") == checkout / "rules" / "moon"
    assert shelf.find_pack("./moon") == Path("moon")


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("path", ["mine", "./mine", "mine/", "deep/mine", "..", "."])
def test_a_folder_on_disk_is_a_pack(path: str) -> None:
    _pack(Path("mine"))
    _pack(Path("deep/mine"))
    assert shelf.find_pack(path) == Path(path)


@pytest.mark.usefixtures("checkout")
def test_an_absolute_path_is_a_pack(tmp_path: Path) -> None:
    _pack(tmp_path / "mine")
    assert shelf.find_pack(str(tmp_path / "mine")) == tmp_path / "mine"


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("mon", "no pack is called `mon`; did you mean `moon`?"),
        ("Moon", "no pack is called `Moon`; did you mean `moon`?"),
        ("treaty", "no pack is called `treaty`; the shipped packs are `antarctic`, `moon`"),
        ("drafts", "no pack is called `drafts`; the shipped packs are `antarctic`, `moon`"),
        ("", "no pack is called ``; the shipped packs are `antarctic`, `moon`"),
        ("a\0b", "no pack is called `a\\x00b`; the shipped packs are `antarctic`, `moon`"),
        ("rules/moon", "there is no folder `rules/moon`"),
        ("./moon", "there is no folder `./moon`"),
        ("../moon\x1b[2J", "there is no folder `../moon\\x1b[2J`"),
        ("mine/pack.yaml", "`mine/pack.yaml` is not a folder; a pack is named by its folder, `mine`"),
        ("./pack.yaml", "`./pack.yaml` is not a folder; a pack is named by its folder, `.`"),
    ],
)
def test_what_is_no_pack_is_refused(wanted: str, message: str) -> None:
    _pack(Path("mine"))
    with pytest.raises(UsageError) as refused:
        shelf.find_pack(wanted)
    assert str(refused.value) == message


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize("start", ["", "/"])
def test_a_name_too_long_for_the_system_is_refused(start: str) -> None:
    with pytest.raises(UsageError):
        shelf.find_pack(start + "x" * 5000)


def _pack(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text("pack: x\n", "utf-8")
