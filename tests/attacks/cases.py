"""Cases of one test that try several attacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

Cases = Mapping[str, Mapping[str, Any]]
"""What to try, by its name, by the attack's id; by an empty one where no attack asks for it."""


def cases(by_attack: Cases) -> Sequence[Any]:
    """Each as a parameter that is named and marked."""
    return [
        pytest.param(value, id=name, marks=[pytest.mark.attack(attack)] if attack else [])
        for attack, tried in by_attack.items()
        for name, value in tried.items()
    ]
