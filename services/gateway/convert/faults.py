"""Faults of many rows as one refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from atelierkit.errors import FieldFault, InvalidInput

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
