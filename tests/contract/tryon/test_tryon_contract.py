"""Try-on's contract over a real gRPC server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from prometheus_client import REGISTRY

from atelier.catalog.v1 import catalog_pb2
from atelier.common.v1 import body_pb2, outfit_pb2
from atelier.tryon.v1 import tryon_pb2 as pb
from atelier.tryon.v1.tryon_pb2_grpc import TryonServiceStub
from atelierkit.errors import AppError, Code
from atelierkit.testing import serve, signed_token, token_verifier
from services.tryon.bootstrap import assemble

GARMENT = catalog_pb2.Garment(
    id="trousers-test",
    sizes=[
        catalog_pb2.SizeOption(label=label, girths=outfit_pb2.GarmentGirths(waist_mm=waist, thigh_mm=thigh))
        for label, waist, thigh in (("S", 770, 590), ("M", 870, 640), ("L", 965, 695), ("XL", 1100, 770))
    ],
    ease=[
        catalog_pb2.EaseRange(zone="waist", least_mm=-10, ideal_mm=15, most_mm=50),
        catalog_pb2.EaseRange(zone="thigh", least_mm=0, ideal_mm=30, most_mm=70),
    ],
)
BODY = body_pb2.Measurements(stature_mm=1650, waist_girth_mm=855, thigh_girth_mm=630)


@pytest.fixture
async def stub() -> AsyncIterator[TryonServiceStub]:
    async with serve(assemble(verifier=token_verifier())) as channel:
        yield TryonServiceStub(channel)


@pytest.fixture
def signed_in() -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {signed_token('somebody')}"),)


async def refusal(call) -> AppError:
    with pytest.raises(AppError) as refused:
        await call
    return refused.value


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("atelier_tryon_size_advice_total", {"outcome": outcome}) or 0


async def test_a_body_is_told_its_size_and_how_every_size_would_sit(stub, signed_in) -> None:
    before = counted("ok")
    advice = await stub.AdviseSize(pb.AdviseSizeRequest(body=BODY, garment=GARMENT), metadata=signed_in)
    assert advice.recommended == "M"
    assert [size.label for size in advice.sizes] == ["S", "M", "L", "XL"]
    assert list(advice.sizes[1].zones) == [
        pb.ZoneFit(zone="waist", body_mm=855, garment_mm=870, ease_mm=15, fit=pb.FIT_GOOD),
        pb.ZoneFit(zone="thigh", body_mm=630, garment_mm=640, ease_mm=10, fit=pb.FIT_GOOD),
    ]
    fits = [[zone.fit for zone in size.zones] for size in advice.sizes]
    assert fits == [
        [pb.FIT_TIGHT, pb.FIT_TIGHT],
        [pb.FIT_GOOD, pb.FIT_GOOD],
        [pb.FIT_LOOSE, pb.FIT_GOOD],
        [pb.FIT_LOOSE, pb.FIT_LOOSE],
    ]
    scores = [size.score for size in advice.sizes]
    # The thigh lacks 20 of its 30 mm: a strain of 2/3.
    assert scores[1] == max(scores) == pytest.approx(2 ** -((2 / 3) ** 2))
    assert advice.confidence == pytest.approx(scores[1] - sorted(scores)[-2] / 2)
    assert counted("ok") == before + 1


async def test_a_body_without_a_shared_zone_cannot_be_compared(stub, signed_in) -> None:
    before = counted("not_comparable")
    request = pb.AdviseSizeRequest(body=body_pb2.Measurements(chest_girth_mm=900), garment=GARMENT)
    error = await refusal(stub.AdviseSize(request, metadata=signed_in))
    assert (error.code, error.reason) == (Code.INVALID_ARGUMENT, "NOT_COMPARABLE")
    assert counted("not_comparable") == before + 1


@pytest.mark.parametrize(
    ("request_", "fields"),
    [
        (pb.AdviseSizeRequest(), ["body", "garment"]),
        (
            pb.AdviseSizeRequest(body=body_pb2.Measurements(waist_girth_mm=85), garment=GARMENT),
            ["body.waist_girth_mm"],
        ),
        (
            pb.AdviseSizeRequest(body=body_pb2.Measurements(waist_girth_mm=float("nan")), garment=GARMENT),
            ["body.waist_girth_mm", "body.waist_girth_mm"],
        ),
        (
            pb.AdviseSizeRequest(
                body=BODY,
                garment=catalog_pb2.Garment(
                    sizes=[
                        catalog_pb2.SizeOption(
                            label="S", girths=outfit_pb2.GarmentGirths(waist_mm=float("nan"))
                        )
                    ]
                ),
            ),
            ["garment.sizes[0].girths.waist_mm"],
        ),
        (
            pb.AdviseSizeRequest(
                body=BODY, garment=catalog_pb2.Garment(ease=[catalog_pb2.EaseRange(zone="waist")])
            ),
            ["garment.ease[0]"],
        ),
    ],
    ids=["empty", "centimetres", "nan body", "nan chart", "no ease range"],
)
async def test_a_request_that_breaks_a_rule_is_refused_under_its_field(
    stub, signed_in, request_, fields
) -> None:
    error = await refusal(stub.AdviseSize(request_, metadata=signed_in))
    assert (error.code, error.reason) == (Code.INVALID_ARGUMENT, "INVALID_ARGUMENT")
    assert [fault.field for fault in error.faults] == fields


@pytest.mark.parametrize(
    "metadata", [(), (("authorization", "Bearer nonsense"),)], ids=["no token", "a bad token"]
)
async def test_advice_is_for_signed_in_people(stub, metadata) -> None:
    error = await refusal(
        stub.AdviseSize(pb.AdviseSizeRequest(body=BODY, garment=GARMENT), metadata=metadata)
    )
    assert (error.code, error.reason) == (Code.UNAUTHENTICATED, "UNAUTHENTICATED")
