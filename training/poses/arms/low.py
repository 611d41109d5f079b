"""Arms that hang, and hands in pockets."""

from __future__ import annotations

from collections.abc import Mapping

from training.poses.arms.arm import Arm, Hang, Reach

LOW: Mapping[str, Arm] = {
    "down": Arm(Hang((0, -31, 6), 16, 12), "low", "relaxed", "", ""),
    "down back": Arm(
        Hang((-16, -28, 4), 10, 10), "low", "soft", "{side} arm drawn back", "bras {side} en retrait"
    ),
    "down front": Arm(
        Hang((14, -33, 12), 20, 18),
        "low",
        "relaxed",
        "{side} arm slightly forward",
        "bras {side} un peu en avant",
    ),
    "away": Arm(
        Hang((-4, -18, -8), 14, -10, (-14, 0)),
        "low",
        "soft",
        "{side} arm away from the body",
        "bras {side} écarté du corps",
        both_en="arms away from the body",
        both_fr="bras écartés du corps",
    ),
    "thigh": Arm(
        Reach("thigh", (-0.1, -1.0, 0.25), elbow=(0.75, 0.0, -0.65)),
        "low",
        "relaxed",
        "{side} hand on the thigh",
        "main {sidef} sur la cuisse",
        both_en="hands on the thighs",
        both_fr="mains sur les cuisses",
    ),
    "pocket": Arm(
        Reach("pocket", (-0.3, -0.95, 0.1), elbow=(0.75, 0.0, -0.7), gap_mm=2.0),
        "low",
        "pocketed",
        "{side} hand in the pocket",
        "main {sidef} dans la poche",
        both_en="hands in the pockets",
        both_fr="mains dans les poches",
        tag="pockets",
    ),
    "back pocket": Arm(
        Reach("back pocket", (-0.2, -0.95, 0.1), elbow=(0.75, 0.0, -0.8), gap_mm=2.0),
        "low",
        "pocketed",
        "{side} hand in the back pocket",
        "main {sidef} dans la poche arrière",
        both_en="hands in the back pockets",
        both_fr="mains dans les poches arrière",
        tag="pockets",
    ),
    "behind": Arm(
        Reach(
            "small of the back",
            (-0.95, 0.1, 0.0),
            palm=(0.0, 0.0, -1.0),
            elbow=(0.8, 0.0, -0.6),
            touch="back",
        ),
        "low",
        "relaxed",
        "{side} hand behind the back",
        "main {sidef} dans le dos",
        tag="behind-back",
    ),
}
