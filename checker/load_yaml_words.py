"""What libyaml and PyYAML say about a text they can't read, in words for whoever wrote it.

They tell what they were about ("did not find expected key"); the reader of the message wants to
know what to write. What is not in the table passes as it is.
"""

from __future__ import annotations

from checker.errors import printable, quoted

_SYNTAX = (  # part of what libyaml or PyYAML says, and what to say; the place named is where the context begins
    ("could not find expected ':'", "a key without `:`; write `key: value`, or indent this to continue the line above"),
    (
        "mapping values are not",
        "`:` can't stand here; put a text that has `: ` in it in quotes, or check the indentation",
    ),
    ("mapping keys are not", "`?` can't stand here; check the indentation"),
    (
        "sequence entries are not",
        "a list item can't begin here; begin it on a line of its own, or check the indentation",
    ),
    ("cannot start any token", "{char} can't begin a value; put a text that begins so in quotes"),
    ("unexpected end of stream", "this quote is not closed"),
    ("unexpected document", "this quote is not closed before the document ends"),
    ("unknown escape character", "unknown escape in double quotes; write `\\\\` for a backslash, or use single quotes"),
    ("hexdecimal number", "an escape such as `\\u0041` needs all its hexadecimal digits"),
    ("hexadecimal numbers", "an escape such as `\\u0041` needs all its hexadecimal digits"),
    ("Unicode character escape", "this escape is not a whole character; write the character itself"),
    ("expected ',' or ']'", "expected `,` or `]` in the list that opens on line {line}, column {column}"),
    ("expected ',' or '}'", "expected `,` or `}}` in the mapping that opens on line {line}, column {column}"),
    (
        "expected key",
        "expected a key in line with the mapping from line {line}, column {column}; check the indentation",
    ),
    ("'-' indicator", "expected `-` in line with the list from line {line}, column {column}; check the indentation"),
    ("expected <block end>", "this is not in line with line {line}, column {column}; check the indentation"),
    (
        "<document start>",
        "nothing can follow the document here; check the indentation, or write `---` before a new one",
    ),
    ("node content", "a value is missing here"),
    ("tab character", "a tab can't indent; write spaces"),
    ("alphabetic or numeric", "`&` and `*` begin an anchor and an alias; put a text that begins so in quotes"),
    ("incompatible YAML", "this version of YAML is unknown; write `%YAML 1.2`, or leave the line out"),
    ("undefined tag handle", "tags are not allowed; leave it out, or put a text that begins with `!` in quotes"),
)
# Found out lines after the place to look at.
_ABOUT_CONTEXT = ("could not find expected ':'", "unexpected end of stream", "unexpected document")


def words(problem: str, char: str, line: int, column: int) -> str:
    """The problem in other words; `char` is the one it is about, line and column are where its context begins."""
    if char == "\t" and "token" in problem:
        return "a tab can't indent; write spaces"
    form = next((words for part, words in _SYNTAX if part in problem), "{problem}; this can't be read as YAML")
    return form.format(char=quoted(char), line=line, column=column, problem=printable(problem))


def is_about_context(problem: str) -> bool:
    """Whether the place to look at is where the context begins, and not where the parser stood in the end."""
    return any(part in problem for part in _ABOUT_CONTEXT)
