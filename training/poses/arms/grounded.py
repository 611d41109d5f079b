"""Hands of people who sit, kneel or lie: on thighs, knees and the floor."""

from __future__ import annotations

from collections.abc import Mapping

from training.poses.arms.arm import Arm, Hang, Reach

GROUNDED: Mapping[str, Arm] = {
    "lap": Arm(
        Reach("top of the thigh", (-0.25, -0.95, 0.0), elbow=(0.8, -0.3, -0.5), gap_mm=4.0),
        "thighs",
        "relaxed",
        "{side} hand in the lap",
        "main {sidef} sur la cuisse",
        both_en="hands in the lap",
        both_fr="mains sur les cuisses",
    ),
    "far thigh": Arm(
        Reach("far thigh", (-0.9, -0.4, 0.0), elbow=(0.8, -0.4, -0.2), gap_mm=5.0),
        "thighs",
        "relaxed",
        "{side} hand on the {other} thigh",
        "main {sidef} sur la cuisse {otherf}",
    ),
    "seat": Arm(
        Hang((-20, -22, -14), 12, -16, (-22, 0)),
        "thighs",
        "flat",
        "{side} hand on the seat",
        "main {sidef} posée sur le siège",
        both_en="hands on the seat",
        both_fr="mains posées sur le siège",
    ),
    "knee": Arm(
        Reach("knee", (-0.1, -0.9, 0.4), elbow=(0.85, -0.2, -0.3), touch="palm", gap_mm=5.0),
        "knees",
        "cupped",
        "{side} hand on the knee",
        "main {sidef} sur le genou",
        both_en="hands on the knees",
        both_fr="mains sur les genoux",
    ),
    "forearm on knee": Arm(
        Reach(
            "knee",
            (-0.55, -0.75, 0.35),
            palm=(-0.3, -0.5, -0.8),
            elbow=(0.85, -0.1, -0.3),
            touch="wrist",
            gap_mm=34.0,
        ),
        "knees",
        "relaxed",
        "{side} wrist over the knee",
        "poignet {side} sur le genou",
        both_en="wrists over the knees",
        both_fr="poignets sur les genoux",
    ),
    "far knee": Arm(
        Reach("far knee", (-0.8, -0.5, 0.2), elbow=(0.8, -0.4, 0.0), gap_mm=6.0),
        "knees",
        "relaxed",
        "{side} hand on the {other} knee",
        "main {sidef} sur le genou {other}",
    ),
    "shin": Arm(
        Reach("shin", (-0.85, -0.4, 0.1), elbow=(0.9, -0.2, 0.0), gap_mm=6.0),
        "knees",
        "cupped",
        "{side} hand on the shin",
        "main {sidef} sur le tibia",
        both_en="hands around the shins",
        both_fr="mains autour des tibias",
    ),
    "floor beside": Arm(
        Reach(("floor", (0.36, 0.0, -0.06)), (0.5, 0.0, 0.85), palm=(0.0, -1.0, 0.0), elbow=(0.6, 0.0, -0.8)),
        "floor",
        "flat",
        "{side} hand on the floor",
        "main {sidef} posée au sol",
        both_en="hands on the floor",
        both_fr="mains posées au sol",
    ),
    "floor behind": Arm(
        Reach(
            ("floor", (0.27, 0.0, -0.30)), (0.75, 0.0, -0.65), palm=(0.0, -1.0, 0.0), elbow=(0.5, 0.0, -0.8)
        ),
        "floor",
        "flat",
        "{side} hand on the floor behind",
        "main {sidef} au sol en arrière",
        both_en="hands on the floor behind",
        both_fr="mains au sol en arrière",
    ),
}
