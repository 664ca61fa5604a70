"""A real browser for tests marked `external`: Debian's chromium driven by playwright, and what npm brought along.

They need `chromium` on PATH, `pip install playwright` (which needs no browser of its own here), and a folder that
NODE_PATH names, or `node_modules` beside the checkout's files, with what `npm install axe-core mermaid` puts there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

_MODULES = Path(os.environ.get("NODE_PATH") or Path(__file__).resolve().parent.parent / "node_modules")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def module(path: str) -> Path:
    """A file that npm brought along."""
    if not (_MODULES / path).is_file():
        pytest.skip(f"there is no `{_MODULES / path}`")
    return _MODULES / path


@contextmanager
def browser(*, trusting: bool = False) -> Iterator[Page]:
    """An empty page; `trusting` lets a test put scripts into pages whose policy forbids that."""
    playwright = pytest.importorskip("playwright.sync_api")
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("there is no `chromium`")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=found, args=list(_FLAGS))
        context = chromium.new_context(bypass_csp=trusting, offline=True)
        try:
            yield context.new_page()
        finally:
            chromium.close()
