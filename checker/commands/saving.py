"""Reports to where `-o FORMAT[=PATH]` sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checker.commands.written import put, tell

if TYPE_CHECKING:
    from checker.outputs import Output


def save(output: Output, text: str) -> bool:
    """A report to its file or to standard output; False, and a line on standard error, if it could not be written."""
    from checker.outputs import reason, write_file

    try:
        if output.path is None:
            put(text)
        else:
            write_file(output.path, text)
    except OSError as error:
        tell(f"can't write {'to standard output' if output.path is None else output.path}: {reason(error)}")
        return False
    return True
