"""What pages of links say, in each language."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Self

PAGES = files("services.gateway") / "pages"


@dataclass(frozen=True)
class Texts:
    """One language, from `pages/<language>.json`."""

    locale: str
    """As Open Graph names it."""
    untitled: str
    description: str
    until: str
    """Until when a link holds; ``{date}`` is the day."""
    months: list[str]
    made_with: str
    gone: str
    why: str

    @classmethod
    @cache
    def of(cls, language: str) -> Self:
        """Those of a language that the platform speaks."""
        return cls(**json.loads((PAGES / f"{language}.json").read_text("utf-8")))

    def holds(self, end: datetime) -> str:
        """Until when a link holds."""
        return self.until.format(date=f"{end.day} {self.months[end.month - 1]} {end.year}")
