"""What is known of a person beside address and password."""

from __future__ import annotations

import enum

WELCOME_CREDITS = 100
"""Credits of a new account, given once its address is verified."""
MAX_DEVICE_CHARS = 200
"""A longer device text is cut: it helps a person to tell sessions apart, and is evidence of nothing."""


class Language(enum.StrEnum):
    """Language that letters to a person are written in."""

    ENGLISH = "en"
    FRENCH = "fr"


class Tier(enum.StrEnum):
    """How much an account may ask of the platform; the value is an access token's ``tier``."""

    FREE = "free"
    PRO = "pro"
    UNLIMITED = "unlimited"
