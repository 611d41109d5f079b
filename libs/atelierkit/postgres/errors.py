"""How the embedded PostgreSQL fails, in sentences for the person who started it."""

from __future__ import annotations


class PostgresFailed(Exception):
    """The embedded server cannot be used; the text is one sentence that says why and, where it can, what helps."""


_KNOWN: tuple[tuple[str, str], ...] = (
    ("No space left on device", "the disk that holds {data_dir} is full"),
    ("Permission denied", "PostgreSQL's account may not use {data_dir}"),
    ("Read-only file system", "{data_dir} lies on a read-only disk"),
    ("is not compatible with this version", "{data_dir} was made by another version of PostgreSQL"),
)


def explained(output: str, data_dir: object) -> PostgresFailed:
    """The failure that a program's output tells of; its last line where the cause is not a known one."""
    for sign, sentence in _KNOWN:
        if sign in output:
            return PostgresFailed(f"PostgreSQL cannot start: {sentence.format(data_dir=data_dir)}.")
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return PostgresFailed(f"PostgreSQL cannot start: {lines[-1] if lines else 'it said nothing'}")
