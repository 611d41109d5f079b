"""Hands on the hips, across the waist and on the chest."""

from __future__ import annotations

from collections.abc import Mapping

from training.poses.arms.arm import Arm, Reach

BODY: Mapping[str, Arm] = {
    "hip": Arm(
        Reach("front of the hip", (-0.65, -0.45, 0.6), elbow=(0.95, 0.1, -0.35)),
        "hip",
        "cupped",
        "{side} hand on the hip",
        "main {sidef} sur la hanche",
        both_en="hands on the hips",
        both_fr="mains sur les hanches",
        tag="hand-on-hip",
    ),
    "hip back": Arm(
        Reach("back of the hip", (-0.6, -0.55, -0.55), elbow=(0.8, 0.0, -0.6)),
        "hip",
        "cupped",
        "{side} hand on the back of the hip",
        "main {sidef} à l'arrière de la hanche",
        both_en="hands on the back of the hips",
        both_fr="mains à l'arrière des hanches",
        tag="hand-on-hip",
    ),
    "hip fist": Arm(
        Reach(
            "hip",
            (-0.1, -0.75, 0.7),
            palm=(-0.35, 0.55, -0.6),
            elbow=(0.95, 0.1, -0.3),
            touch="wrist",
            gap_mm=34.0,
        ),
        "hip",
        "loose fist",
        "{side} fist on the hip",
        "poing {side} sur la hanche",
        both_en="fists on the hips",
        both_fr="poings sur les hanches",
        tag="hand-on-hip",
    ),
    "waist": Arm(
        Reach("waist", (-0.35, -0.2, 0.9), elbow=(0.95, 0.15, -0.3)),
        "hip",
        "cupped",
        "{side} hand at the waist",
        "main {sidef} à la taille",
        both_en="hands at the waist",
        both_fr="mains à la taille",
        leaning="feminine",
        tag="hand-on-hip",
    ),
    "far elbow": Arm(
        Reach("far elbow", (-0.7, 0.3, 0.5), elbow=(0.9, -0.4, -0.2)),
        "across",
        "cupped",
        "{side} hand holding the {other} elbow",
        "main {sidef} tenant le coude {other}",
        tag="arms-across",
    ),
    "belly": Arm(
        Reach("belly", (-0.95, 0.05, 0.1), elbow=(0.95, -0.2, -0.2), gap_mm=5.0),
        "across",
        "relaxed",
        "{side} hand across the waist",
        "main {sidef} en travers de la taille",
        tag="arms-across",
    ),
    "far waist": Arm(
        Reach("far waist", (-0.85, -0.1, -0.35), elbow=(0.9, -0.3, 0.1), gap_mm=5.0),
        "across",
        "cupped",
        "{side} arm wrapped around the waist",
        "bras {side} autour de la taille",
        leaning="feminine",
        tag="arms-across",
    ),
    "heart": Arm(
        Reach("heart", (-0.9, 0.4, 0.05), elbow=(0.9, -0.5, -0.1), gap_mm=5.0),
        "chest",
        "soft",
        "{side} hand on the heart",
        "main {sidef} sur le cœur",
    ),
}
