"""The 15 body measurements, in the order that arrays, messages and networks share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measurement of a standing adult. All numbers are millimetres."""

    name: str
    """ISO 8559-1 / 7250-1 term, snake case; the key in requests, records and receipts."""
    tape: str
    """What the tape does."""
    ansur_column: str
    """Column of the ANSUR II tables that records it."""
    iso_20685_limit_mm: float
    """Largest mean difference from a tape that ISO 20685 allows to a body scanner."""
    lowest_mm: float
    """Smaller numbers are no standing adult's, whatever the others say."""
    highest_mm: float
    """Larger numbers are no standing adult's, whatever the others say."""


MEASUREMENTS: tuple[Measurement, ...] = (
    Measurement("stature", "floor to vertex, standing", "stature", 4, 1200, 2300),
    Measurement(
        "neck_girth", "just below the larynx, perpendicular to the neck", "neckcircumference", 4, 220, 600
    ),
    Measurement("biacromial_breadth", "acromion to acromion, straight", "biacromialbreadth", 4, 250, 550),
    Measurement(
        "chest_girth", "horizontal, at the fullest part of the chest", "chestcircumference", 9, 600, 1800
    ),
    Measurement("waist_girth", "horizontal, at the level of the navel", "waistcircumference", 9, 450, 1900),
    Measurement(
        "hip_girth",
        "horizontal, at the largest projection of the buttocks",
        "buttockcircumference",
        9,
        600,
        1900,
    ),
    Measurement(
        "upper_arm_girth", "perpendicular to the arm, at the biceps", "bicepscircumferenceflexed", 4, 160, 650
    ),
    Measurement("wrist_girth", "over the styloid processes", "wristcircumference", 4, 110, 280),
    Measurement("thigh_girth", "horizontal, just below the gluteal fold", "thighcircumference", 4, 330, 1100),
    Measurement("knee_girth", "just above the kneecap", "lowerthighcircumference", 4, 250, 750),
    Measurement(
        "calf_girth", "horizontal, at the largest part of the calf", "calfcircumference", 4, 220, 700
    ),
    Measurement("ankle_girth", "the smallest, above the ankle bones", "anklecircumference", 4, 150, 420),
    Measurement("arm_length", "acromion to wrist, along the arm", "sleeveoutseam", 5, 400, 800),
    Measurement("inside_leg", "floor to crotch, standing", "crotchheight", 5, 550, 1150),
    Measurement("back_length", "nape (C7) to waist level, along the back", "waistbacklength", 5, 300, 650),
)
"""The 15, in order: position i of every array of measurements belongs to `MEASUREMENTS[i]`."""

NAMES: tuple[str, ...] = tuple(measurement.name for measurement in MEASUREMENTS)
"""Their names, in the same order."""
