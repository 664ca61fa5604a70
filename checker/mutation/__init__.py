"""Mutation testing of a pack: rules changed in small ways, each of which some test has to notice.

`operators` changes comparisons, `mutants` whole rules, `scopes` keeps only what a pack could say; `infection` finds
the tests in which a change makes any difference, `trials` judges them, `equivalents` holds those explained away.
"""
