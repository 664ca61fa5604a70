"""A page printed to PDF by a browser of the machine. Besides git (`history`) no other program is run.

The browser is given a file of its own in a fresh profile, may look up no name, and keeps its sandbox; only for root,
for whom Chromium has none, it is left out.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from checker.errors import UsageError, printable, quoted

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge")
_APPLICATIONS = (  # where macOS keeps what is not on the path
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-dev-shm-usage",  # a container's is too small
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-first-run",
    "--no-pdf-header-footer",
)
_LONGEST = 120  # seconds
_DATE = re.compile(rb"(?<=Date \(D:)\d{14}[+-]\d\d'\d\d'(?=\))")  # in plain sight, and as long as what takes its place
_NOT_DIGITS = re.compile("[^0-9]")


def find_browser() -> str:
    """The program to print with; UsageError where there is none."""
    installed = (each for each in _APPLICATIONS if Path(each).is_file())
    found = next(filter(None, map(shutil.which, _NAMES)), None) or next(installed, None)
    if found is None:
        message = "PDF is printed by Chromium, Chrome or Edge, and there is none; install one (`apt install chromium`)"
        raise UsageError(message)
    return found


def pdf(page: str, browser: str, stamp: str | None) -> bytes:
    """The page on paper; `stamp`: the time (`2026-11-21T00:00:00Z`) that its date is to be, instead of the clock's."""
    with TemporaryDirectory(prefix="servanda-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder, "report.html"), Path(folder, "report.pdf")
        source.write_text(page, "utf-8")
        sandbox = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
        command = (
            *(browser, *_FLAGS, *sandbox),
            *(f"--user-data-dir={Path(folder, 'profile')}", f"--print-to-pdf={target}", source.as_uri()),
        )
        try:
            done = subprocess.run(command, capture_output=True, timeout=_LONGEST, check=False)  # noqa: S603 - no shell
        except subprocess.TimeoutExpired:
            raise _failed(browser, f"it was not done in {_LONGEST} seconds") from None
        except OSError as error:
            raise _failed(browser, str(error.strerror)) from None
        if done.returncode or not target.is_file():
            raise _failed(browser, done.stderr.decode(errors="replace").strip().rpartition("\n")[2])
        content = target.read_bytes()
    return content if stamp is None else _DATE.sub(f"{_NOT_DIGITS.sub('', stamp)}+00'00'".encode(), content)


def _failed(browser: str, why: str) -> UsageError:
    return UsageError(f"{quoted(browser)} can't print the page: {printable(why) or 'it does not say why'}")
