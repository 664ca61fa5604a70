"""`python -m checker`: the command `servanda` by another name."""

from checker.cli import main

main()
