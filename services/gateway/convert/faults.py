"""Faults of many rows as one refusal, and faults in the names of whoever is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from atelierkit.errors import AppError, FieldFault, InvalidInput

MOST_FAULTS = 100
"""Faults that the refusal of a batch names."""


def among_rows(refusals: Mapping[int, InvalidInput]) -> InvalidInput:
    """One refusal of what was refused of single rows, by their index."""
    faults = [
        replace(fault, field=f"rows[{index}].{fault.field}")
        for index, refusal in refusals.items()
        for fault in refusal.faults
    ]
    return at_most("rows break the rules of their fields", faults)


def at_most(message: str, faults: Sequence[FieldFault]) -> InvalidInput:
    """A refusal with as many faults as are told."""
    return InvalidInput(message, faults=faults[:MOST_FAULTS])


@contextmanager
def named(ours: Callable[[str], str]) -> Iterator[None]:
    """A service's refusal in the block, about its own fields, in our names of them."""
    try:
        yield
    except AppError as refusal:
        refusal.faults = tuple(replace(fault, field=ours(fault.field)) for fault in refusal.faults)
        raise
