from __future__ import annotations

from anthropometry.measurements import MEASUREMENTS, NAMES


def test_the_fifteen_stand_in_the_order_every_array_follows() -> None:
    assert NAMES == (
        "stature", "neck_girth", "biacromial_breadth", "chest_girth", "waist_girth", "hip_girth", "upper_arm_girth",
        "wrist_girth", "thigh_girth", "knee_girth", "calf_girth", "ankle_girth", "arm_length", "inside_leg",
        "back_length",
    )  # fmt: skip


def test_limits_of_the_scanner_standard() -> None:
    by_name = {measurement.name: measurement.iso_20685_limit_mm for measurement in MEASUREMENTS}
    assert {name for name, limit in by_name.items() if limit == 9} == {
        "chest_girth",
        "waist_girth",
        "hip_girth",
    }
    assert {name for name, limit in by_name.items() if limit == 5} == {
        "arm_length",
        "inside_leg",
        "back_length",
    }
    assert sorted(set(by_name.values())) == [4, 5, 9]
