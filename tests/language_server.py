"""A client of yaml-language-server, the program behind VS Code's YAML extension and others: opens files and asks."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

_SETTINGS = {"schemaStore": {"enable": False}, "validate": True, "hover": True, "completion": True}


class LanguageServer:
    """A server in a process of its own; ends with the `with` block."""

    def __init__(self, program: str, folder: Path) -> None:
        """Start the program, for a folder."""
        self.server = subprocess.Popen([program, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.number = 0
        self.faults: dict[str, list[tuple[int, str]]] = {}
        self._ask("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": {}})
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": {"yaml": _SETTINGS}})

    def __enter__(self) -> LanguageServer:  # noqa: PYI034 - Self is not in every Python that is supported
        return self

    def __exit__(self, *_: object) -> None:
        self.server.kill()
        self.server.communicate()

    def open(self, path: Path, text: str) -> list[tuple[int, str]]:
        """The faults of a file: line, from 1, and what is said of it, in order."""
        uri = path.as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._tell("textDocument/didOpen", {"textDocument": document})
        while uri not in self.faults:
            self._heed(self._next())
        return self.faults[uri]

    def offers(self, path: Path, line: int, column: int) -> list[str]:
        """What the server would complete at a place, counted from 1."""
        found = self._ask("textDocument/completion", _position(path, line, column))
        return [each["label"] for each in found["items"]]

    def hover(self, path: Path, line: int, column: int) -> str:
        """What the server says of a place, counted from 1."""
        found = self._ask("textDocument/hover", _position(path, line, column))
        return str(found["contents"]["value"])

    def _ask(self, method: str, params: object) -> Any:
        self.number += 1
        self._send({"id": self.number, "method": method, "params": params})
        while True:
            message = self._next()
            if message.get("id") == self.number and "method" not in message:
                return message["result"]
            self._heed(message)

    def _tell(self, method: str, params: object) -> None:
        self._send({"method": method, "params": params})

    def _heed(self, message: dict[str, Any]) -> None:
        """Answer what the server asks, keep the faults it tells."""
        if message.get("method") == "textDocument/publishDiagnostics":
            told = message["params"]["diagnostics"]
            faults = [(each["range"]["start"]["line"] + 1, each["message"]) for each in told]
            self.faults[message["params"]["uri"]] = sorted(faults)
        elif "id" in message and "method" in message:
            asked = message["params"].get("items", []) if message["method"] == "workspace/configuration" else []
            answer = [_SETTINGS if each.get("section") == "yaml" else {} for each in asked] or None
            self._send({"id": message["id"], "result": answer})

    def _send(self, message: dict[str, object]) -> None:
        assert self.server.stdin is not None
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(content), content))
        self.server.stdin.flush()

    def _next(self) -> dict[str, Any]:
        assert self.server.stdout is not None
        length = 0
        while line := self.server.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the language server has ended"
        message: dict[str, Any] = json.loads(self.server.stdout.read(length))
        return message


def _position(path: Path, line: int, column: int) -> dict[str, object]:
    return {"textDocument": {"uri": path.as_uri()}, "position": {"line": line - 1, "character": column - 1}}
