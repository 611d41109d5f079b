"""The converter's one error."""

from __future__ import annotations


class Unsupported(Exception):
    """The file holds something that the converter does not know; the text says what."""
