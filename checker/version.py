"""The one place where the version is written; the build reads it from here."""

__version__ = "0.1.0"
HOME = "https://pypi.org/project/servanda/"  # where this distribution is published; formats that ask for an address
