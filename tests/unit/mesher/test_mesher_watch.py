"""What the mesher counts of its garments: how often a cut was asked for, and how often it was not kept."""

from __future__ import annotations

import pytest
from prometheus_client import REGISTRY

from services.mesher.domain.body import Body, BodyModel
from services.mesher.domain.model import Appearance, HairPattern
from services.mesher.domain.outfit import Outfitter
from services.mesher.metrics import Metrics
from tests.unit.mesher.conftest import SKIRT, TSHIRT

LOOK = Appearance("#d7a98c", HairPattern.NONE, "#3b2417")


def counted() -> tuple[float, float]:
    names = ("atelier_mesher_cut_lookups_total", "atelier_mesher_cuts_made_total")
    wanted, made = (REGISTRY.get_sample_value(name) or 0 for name in names)
    return wanted, made


@pytest.mark.parametrize(("kept_cuts", "made"), [(2, 2), (1, 3)], ids=["kept", "crowded out"])
def test_a_cut_that_is_kept_is_made_once(
    model: BodyModel, mean_body: Body, kept_cuts: int, made: int
) -> None:
    outfitter = Outfitter(model, kept_cuts, Metrics())
    before = counted()
    for garment in (SKIRT, TSHIRT, SKIRT):
        outfitter.dress(mean_body, LOOK, [garment])
    wanted, fresh = (after - earlier for after, earlier in zip(counted(), before, strict=True))
    assert wanted >= 6
    assert fresh == made
