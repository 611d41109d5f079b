"""What the verbs about whole persons need from the outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Deletions(Protocol):
    """Auth's list of people whose accounts are gone, and who have to be forgotten here."""

    async def waiting(self) -> Sequence[str]:
        """Subjects of their accounts, a hundred at most. Unavailable when auth does not answer."""
        ...

    async def confirm(self, owner: str) -> bool:
        """Say that the person is forgotten; False while old access tokens may still bring something new."""
        ...
