"""Which passwords are too easily guessed.

NIST SP 800-63B and OWASP ASVS 6.2 ask for a minimum length and for the refusal of common and contextual
passwords, and against rules of composition. Long lists of common passwords are mostly a few hundred words
joined with digits, signs and walks over the keyboard; so are the rules here: a password is common when it
can be cut into at most three such chunks.
"""

from __future__ import annotations

from collections.abc import Iterator

from atelierkit.errors import FieldFault
from services.auth.domain.common_words import WORDS
from services.auth.domain.errors import WeakPassword

MIN_CHARS = 8
MAX_CHUNKS = 3

_APP_NAME = "atelier"
_MIN_NAME_CHARS = 4
"""A shorter part of an address is in many passwords by chance."""
_MAX_GUESSABLE_CHARS = 36
"""Longer ones are in no list; also bounds the work, which grows with the square."""
_MIN_WALK = 3
_MAX_DIGITS = 4
"""Years, days and PINs; longer numbers take several chunks."""
_MAX_SIGNS = 3
_MAX_STEP = 4
"""Longest pattern whose repetition makes a chunk of its own."""

_LOOK_ALIKE = str.maketrans("013457@$!|l", "oieastasiii")
"""Signs that stand for letters fall together with them; so do ``l`` and ``i``, for ``1`` stands for either."""

_ROWS = (
    "0123456789",
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qazwsxedcrfvtgbyhnujmikolp",
    "zaqxswcdevfrbgtnhymju",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "zaq12wsxcde34rfv",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "qaywsxedc",
    "1a2b3c4d5e6f7g8h9i0j",
    "a1b2c3d4e5f6g7h8i9j0",
    "147258369",
    "159357",
    "159753",
    "741852963",
    "789456123",
    "!@#$%^&*()",
    '!"§$%&/()=',
)


def _walks() -> frozenset[str]:
    both_ways = [row for there in _ROWS for row in (there, there[::-1])]
    return frozenset(
        row[start:end]
        for row in both_ways
        for start in range(len(row))
        for end in range(start + _MIN_WALK, len(row) + 1)
    )


def _as_letters(text: str) -> str:
    return text.translate(_LOOK_ALIKE)


_WALKS = _walks()
# Backwards is a guesser's first variation, and many old lists cut their entries after eight characters.
_WORDS = frozenset(_as_letters(form) for word in WORDS.split() for form in (word, word[::-1], word[:8]))


def refuse_weak_password(password: str, email: str) -> None:
    """Raise WeakPassword for a password that is short, common, or contains the platform's or the account's name."""
    folded = password.casefold()
    if len(password) < MIN_CHARS:
        _refuse("password.short", f"a password has at least {MIN_CHARS} characters", limit=f"{MIN_CHARS}..")
    if any(_as_letters(name) in _as_letters(folded) for name in _names(email)):
        _refuse("password.contains_name", "a password does not contain your e-mail's name or ours")
    if len(folded) <= _MAX_GUESSABLE_CHARS and _is_guessable(folded):
        _refuse("password.common", "this password is too common")


def _refuse(code: str, message: str, limit: str | None = None) -> None:
    raise WeakPassword(message, faults=[FieldFault("password", code, message, limit)])


def _names(email: str) -> list[str]:
    local, _, _ = email.casefold().partition("@")
    return [_APP_NAME, local] if len(local) >= _MIN_NAME_CHARS else [_APP_NAME]


def _is_guessable(text: str) -> bool:
    """Whether a few guessable chunks make up the text."""
    ends = {0}
    for _ in range(MAX_CHUNKS):
        ends = {end for start in ends for end in _chunk_ends(text, start)}
    return len(text) in ends


def _chunk_ends(text: str, start: int) -> Iterator[int]:
    """Where the chunks that begin there end; after the last character nothing more is needed."""
    if start == len(text):
        yield start
    for end in range(start + 1, len(text) + 1):
        if _is_chunk(text[start:end]):
            yield end


def _is_chunk(text: str) -> bool:
    return (
        len(text) == 1
        or text in _WALKS
        or _as_letters(text) in _WORDS
        or (len(text) <= _MAX_DIGITS and text.isdigit())
        or (len(text) <= _MAX_SIGNS and text.isascii() and not any(map(str.isalnum, text)))
        or _is_repetition(text)
    )


def _is_repetition(text: str) -> bool:
    """Whether a pattern of a few characters makes up the text by coming again at least once."""
    return any(
        text == (text[:n] * len(text))[: len(text)] for n in range(1, min(_MAX_STEP, len(text) // 2) + 1)
    )
