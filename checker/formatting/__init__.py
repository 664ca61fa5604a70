"""YAML written in one way: indentation, spaces and blank lines; never a key, a value, a comment or their order.

`layout.formatted` is called by whoever has a file. `writer` writes block style, `flow` what is in brackets,
`comments` knows what stands between keys and values.
"""
