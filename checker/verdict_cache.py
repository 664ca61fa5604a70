"""What became of cases, kept between runs for those who ask for it, so that what did not change is not judged again.

An entry is one source as a run told it: texts and numbers. Its key is the hash of all that they depend on: content and
name, the options, formats and day, waivers and baseline, this checker's own files, its libraries and this Python; the
packs stand in the entry with their digests. What was not judged, or can't be, is not kept. The entries lie in one
database in the cache folder, which only its owner may write to. Nothing that goes wrong with it is ever told: an entry
that is not exactly as written here is passed over, a database that is none is thrown away.
"""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TypedDict

from checker.cache import cache_folder
from checker.parts import Order, Part
from checker.results import Tally
from checker.run import Seen
from checker.shelf import find_pack, pack_digest
from checker.sources import CaseLine, Piece
from checker.suppressions import Used, read_suppressions
from checker.verdict import Receipt
from checker.version import __version__

MOST_BYTES = 256_000_000  # of all entries; the older half goes first
_FORMAT = 1
_FILE = "verdicts.sqlite"
_TABLE = "CREATE TABLE IF NOT EXISTS entry (key BLOB PRIMARY KEY, sum BLOB, content BLOB)"
_COLUMNS = ["key", "sum", "content"]
_SIZE = (
    "SELECT (all_pages.page_count - free.freelist_count) * each.page_size"
    " FROM pragma_page_count all_pages, pragma_freelist_count free, pragma_page_size each"
)
_MAKE_ROOM = (
    "DELETE FROM entry WHERE rowid <="
    " (SELECT rowid FROM entry ORDER BY rowid LIMIT 1 OFFSET (SELECT count(*) / 2 FROM entry))"
)
_LIBRARIES = ("durable-rules", "jsonschema", "PyYAML", "whenever")
_WAIT = 5  # seconds for another process to be done writing


class _Entry(TypedDict):
    """A part as JSON has it."""

    packs: dict[str, str]  # name and digest
    texts: list[list[str]]
    tally: dict[str, int | dict[str, int]]
    receipts: list[dict[str, str | bool | list[list[str]] | None]]
    cited: list[list[str]]
    waivers: list[str]
    entries: list[list[str]]
    judged: list[str]


class VerdictCache:
    """The entries of one order. Opening it and asking it never fail; where it can't be used it holds nothing."""

    def __init__(self, order: Order) -> None:
        """Open the database of the cache folder, where there is one that only its owner can write to."""
        self.known: dict[str, str] = {}  # the digests of packs
        self.common = b""
        self.base: sqlite3.Connection | None = None
        with suppress(OSError, sqlite3.Error):
            self.common = _common(order)
            self.base = _opened()  # last: without all that an entry depends on there must be none

    def key(self, piece: Piece) -> bytes | None:
        """What an entry for a source is found by; None for one that has no content."""
        if piece.content is None or self.base is None:
            return None
        if isinstance(piece, CaseLine):
            which: list[object] = [*piece.file, piece.line, piece.number]
        else:
            which = [piece.name, piece.format]
        return sha256(self.common + json.dumps(which).encode() + b"\n" + piece.content).digest()

    def get(self, key: bytes | None) -> Part | None:
        """The part that was kept under a key, if the packs are what they were."""
        if key is None or self.base is None:
            return None
        try:
            found = self.base.execute("SELECT sum, content FROM entry WHERE key = ?", (key,)).fetchone()
            if found is None or sha256(key + found[1]).digest() != found[0]:
                return None
            entry: _Entry = json.loads(zlib.decompress(found[1]))
            return _part(entry) if all(self._digest(name) == each for name, each in entry["packs"].items()) else None
        except Exception:  # noqa: BLE001 - whatever is wrong with an entry, the case can be judged
            return None

    def put(self, key: bytes | None, part: Part, packs: dict[str, str]) -> None:
        """Keep a part whose cases were all judged, by packs of these digests; the older half goes where it is full."""
        if key is None or self.base is None or part.problems or part.unanswered or part.tally.unanswered:
            return
        content = zlib.compress(json.dumps(_entry(part, packs)).encode(), 1)
        values = (key, sha256(key + content).digest(), content)
        with suppress(sqlite3.Error), self.base:  # a transaction, so that no two processes make room at once
            self.base.execute("BEGIN IMMEDIATE")
            (size,) = self.base.execute(_SIZE).fetchone()
            if size > MOST_BYTES:
                self.base.execute(_MAKE_ROOM)
            self.base.execute("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", values)

    def _digest(self, pack: str) -> str:
        if pack not in self.known:
            self.known[pack] = pack_digest(find_pack(pack))
        return self.known[pack]


def _opened() -> sqlite3.Connection | None:
    """The database: ours, no link, and not for others to write to."""
    folder = cache_folder()
    if folder is None:
        return None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / _FILE
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    if not _is_ours(folder, stat.S_ISDIR) or not _is_ours(path, stat.S_ISREG):
        return None
    base = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)  # transactions are begun where they are needed
    try:
        base.execute("PRAGMA synchronous = OFF")  # what is lost is judged again
        base.execute(_TABLE)
        if [name for _, name, *_ in base.execute("PRAGMA table_info(entry)")] == _COLUMNS:
            base.execute("SELECT key, sum, content FROM entry LIMIT 1").fetchone()
            return base
    except sqlite3.OperationalError:  # another process is at it for too long
        return None
    except sqlite3.DatabaseError:
        pass
    base.close()
    for each in (path, folder / f"{_FILE}-journal"):  # a journal left behind would be put into the next one
        each.unlink(missing_ok=True)
    return None


def _is_ours(path: Path, is_kind: Callable[[int], bool]) -> bool:
    state = path.lstat()
    others = state.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return is_kind(state.st_mode) and state.st_uid == os.geteuid() and not others


def _common(order: Order) -> bytes:
    """What all entries of an order depend on, but for the packs."""
    held = read_suppressions(order.options[0], order.day)
    files = [None if each is None else each.sha256 for each in (held.waiver_file, held.baseline_file)]
    package = Path(__file__).parent
    own = sorted(
        (str(path.relative_to(package)), path.stat().st_size, path.stat().st_mtime_ns)
        for kind in ("*.py", "*.json", "*.mo")
        for path in package.rglob(kind)
    )
    libraries = []
    for name in _LIBRARIES:
        with suppress(ImportError):
            libraries.append((name, version(name)))
    told = [_FORMAT, __version__, sys.version, own, libraries, repr(order), files, str(Path.cwd())]
    return json.dumps(told).encode()


def _entry(part: Part, packs: dict[str, str]) -> _Entry:
    total, used = part.tally, part.seen.used
    return {
        "packs": packs,
        "texts": [*part.texts],
        "tally": {name: getattr(total, name) for name in _NUMBERS},
        "receipts": [each._asdict() for each in total.receipts],
        "cited": [[*each] for each in sorted(total.cited)],
        "waivers": sorted(used.waivers),
        "entries": [[*each] for each in sorted(used.entries)],
        "judged": sorted(used.judged),
    }


_NUMBERS = ("cases", "findings", "waived", "in_baseline", "unjudged", "not_in_force", "failing", "unanswered")


def _part(entry: _Entry) -> Part:
    """The part that an entry tells of. Some exception where it is anything else."""
    receipts = [Receipt(**each) for each in entry["receipts"]]  # type: ignore[arg-type]
    receipts = [each._replace(readings=tuple((name, option) for name, option in each.readings)) for each in receipts]
    tally = Tally(**entry["tally"], receipts=dict.fromkeys(receipts), cited={(a, b) for a, b in entry["cited"]})  # type: ignore[arg-type]
    used = Used({*entry["waivers"]}, {(a, b) for a, b in entry["entries"]}, {*entry["judged"]})
    texts = tuple(entry["texts"])
    return Part(texts, (), [], [], tally, Seen(dict.fromkeys(entry["packs"]), 0, used))
