"""What poses are called, in English and in French, and by what people find them."""

from __future__ import annotations

import re
import unicodedata

from training.poses.arms import ARMS
from training.poses.compose import Recipe
from training.poses.heads import LOOKS
from training.poses.names import ARM_NAMES, BOTH_NAMES, STANCE_NAMES
from training.poses.stances import STANCES

Words = tuple[str, str]
"""English and French."""

_ENGLISH = {"Left": ("left", "right"), "Right": ("right", "left")}
_FRENCH = {"Left": ("gauche", "gauche", "droit", "droite"), "Right": ("droit", "droite", "gauche", "gauche")}
_OTHER = {"Left": "Right", "Right": "Left"}
_LOOK_TAGS = {"over": "over-the-shoulder", "down": "looking-down", "up": "looking-up", "tilt": "head-tilt"}


def name(recipe: Recipe) -> Words:
    """What it is called."""
    left, right = ARM_NAMES[recipe.left], ARM_NAMES[recipe.right]
    both = BOTH_NAMES.get(recipe.left) if recipe.left == recipe.right else None
    arms = [both] if both else list(dict.fromkeys((left, right)))
    english, french = STANCE_NAMES[recipe.stance]
    arms_english, arms_french = (_sentence(*texts) for texts in zip(*arms, strict=True))
    return _titled(english, ": ", arms_english), _titled(french, "\N{NO-BREAK SPACE}: ", arms_french)


def description(recipe: Recipe, *, mirrored: bool) -> Words:
    """What it looks like; a mirrored pose has the sides exchanged."""
    return _sentence(
        _english(STANCES[recipe.stance].en, "Left", mirrored),
        *(
            _english(text, side, mirrored)
            for side, text in _arm_texts(recipe, "en", "both_en", "arms relaxed")
        ),
        _english(LOOKS[recipe.look].en, "Left", mirrored),
    ), _sentence(
        _french(STANCES[recipe.stance].fr, "Left", mirrored),
        *(
            _french(text, side, mirrored)
            for side, text in _arm_texts(recipe, "fr", "both_fr", "bras relâchés")
        ),
        _french(LOOKS[recipe.look].fr, "Left", mirrored),
    )


def tags(recipe: Recipe) -> tuple[str, ...]:
    """By their names."""
    found = {*STANCES[recipe.stance].tags, ARMS[recipe.left].tag, ARMS[recipe.right].tag}
    found.add(_LOOK_TAGS.get(recipe.look.partition(" ")[0], ""))
    return tuple(sorted(found - {""}))


def slug(recipe: Recipe) -> str:
    """The words of its id."""
    arms = [name for name in (recipe.left, recipe.right) if ARMS[name].en]
    text = " ".join((recipe.stance, *dict.fromkeys(arms)))
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:58].rstrip("-")


def _arm_texts(recipe: Recipe, one: str, both: str, relaxed: str) -> list[tuple[str, str]]:
    """Side and text of what both arms do."""
    left, right = ARMS[recipe.left], ARMS[recipe.right]
    if recipe.left == recipe.right and getattr(left, both):
        return [("Left", getattr(left, both))]
    texts = [("Left", getattr(left, one)), ("Right", getattr(right, one))]
    spoken = [(side, text) for side, text in texts if text]
    if not spoken and not STANCES[recipe.stance].motion:
        return [("Left", relaxed)]
    return spoken


def _english(text: str, side: str, mirrored: bool) -> str:
    side, other = _ENGLISH[_OTHER[side] if mirrored else side]
    return text.format(side=side, Side=side.capitalize(), other=other)


def _french(text: str, side: str, mirrored: bool) -> str:
    masculine, feminine, other, otherf = _FRENCH[_OTHER[side] if mirrored else side]
    return text.format(side=masculine, sidef=feminine, side_place=feminine, other=other, otherf=otherf)


def _titled(stance: str, colon: str, arms: str) -> str:
    return f"{stance}{colon}{arms}" if arms else stance


def _sentence(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
