"""The blocking client, made from the asynchronous one: the two differ in some words, and in nothing that they do."""

from __future__ import annotations

import re

_WORDS = {
    "AsyncAtelier": "Atelier",
    "AsyncTransport": "Transport",
    "AsyncClient": "Client",
    "AsyncIterator": "Iterator",
    "asynccontextmanager": "contextmanager",
    "async_pause": "pause",
    "aclosing": "closing",
    "aclose": "close",
    "aiter_bytes": "iter_bytes",
    "aread": "read",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "_async": "_sync",
}
_GENERATOR = re.compile(r"AsyncGenerator\[(\w+), None\]")
_AWAITED = re.compile(r"Awaitable\[(\w+)\]")
_KEYWORDS = re.compile(r"\b(async|await) (?=\S)")
_WORD = re.compile(r"\b(" + "|".join(_WORDS) + r")\b")
_NOTE = "\n\nWritten by `make clients` from its twin in `_async`; edits are lost.\n"


def module(source: str) -> str:
    """A module of `_async` as its twin in `_sync`."""
    text = _GENERATOR.sub(r"Generator[\1, None, None]", _AWAITED.sub(r"\1", source))
    text = text.replace("AsyncGenerator", "Generator")
    text = _WORD.sub(lambda word: _WORDS[word[0]], _KEYWORDS.sub("", text))
    summary, rest = text.split('"""', 2)[1:]
    return f'"""{summary.strip()}{_NOTE}"""{rest}'
