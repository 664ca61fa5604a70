"""Institutions: what treaties are made of, written as a block with named parts, expanded into core rules.

`expand.expanded` is called by the reader of packs, before names are looked up. Past it nothing
knows of blocks but that a rule tells which block it comes from.
"""
