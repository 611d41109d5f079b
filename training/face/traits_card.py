"""The card of `models/face_traits`, from the figures of its run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NAMES: Mapping[str, str] = {
    "glasses": "glasses",
    "eyesHidden": "eyes hidden by dark lenses",
    "hat": "hat",
    "frown": "frown",
    "raisedEyebrows": "raised eyebrows",
    "squint": "squint",
    "seen": "whether an ear can be seen",
    "earring": "an earring in the picture of an ear",
}


def card(metrics: Mapping[str, Any]) -> str:
    """The whole card."""
    rows = "\n".join(
        f"| {_NAMES[name]} | {share:.1%} |" for name, share in metrics["held_out_pictures_right"].items()
    )
    return f"""# Face traits

**What it is.** Three small convolutional networks in one file: what is worn and shown on one picture of a face.

| | | |
|---|---|---|
| in | `head` float32 (n, 3, 64, 64), `eyes` (n, 3, 80, 80), `ears` (n, 2, 3, 40, 40) | RGB in 0..1, cut by `facemodel.features.cuts`; the left ear in the mirror |
| in | `marks` float32 (n, 62, 2) | points of brows, lids and irises in shares of `eyes` |
| out | `worn` float32 (n, 3) | probabilities: glasses, eyes hidden by dark lenses, hat |
| out | `shown` float32 (n, 3) | probabilities: frown, raised eyebrows, squint |
| out | `at_ears` float32 (n, 2, 2) | right and left: whether a stud could be seen there, whether an earring is |

**What it was trained on. Rendered heads only**: {metrics["training_pictures"]:,} pictures by `training/face` (MakeHuman assets, CC0-1.0), drawn at
random in shape, tone, hair, light and what they wear, worn down anew each time: mirrored, tinted, blurred, noisy, partly
covered. Nobody's photo was used, so nothing here is measured on real people.

**Single pictures that were answered right**, of {metrics["held_out_pictures"]:,} of heads that were not trained on:

| | |
|---|---|
{rows}

Three photos of one face say more: `benchmarks/results/face_features.md`.

**Limits.** It knows five outlines of frames, three hats, three earrings and six hairdos, all without texture. Head scarves,
hoods, helmets, hair clips, piercings and beards were never seen, and neither were wrinkles: a frown is known by the place
of the brows alone, which is also a matter of whose brows they are. What it is not sure of is told as unknown.

**On photos.** It is surer of renders than of people. Looked at by eye on five faces in three photos of one view each, four of them
without glasses, none with a hat or earrings: dark rings and creases around the eyes were taken for glasses once and were not
clear twice; the one pair of thin frames was seen, with its clear lenses taken for dark ones; no hat and no earring was told.
Real brows lie lower than rendered ones and are taken for frowns: `facemodel.features` asks the network nothing about brows
that lie lower than all it has seen. Laughing eyes were taken for a squint in two of the four that smile. Smiles, which are told
by geometry, were right on all five.

**Rebuild.** `make train-traits`.
"""
