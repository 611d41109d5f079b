from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facemodel.slots import Slot, arranged, misfit_deg

FRONT, LEFT, RIGHT = Slot.FRONT, Slot.LEFT, Slot.RIGHT


@pytest.mark.parametrize(
    ("slot", "yaw", "misfit"),
    [
        (FRONT, 20.0, 0.0), (FRONT, -20.0, 0.0), (FRONT, 24.0, 4.0),
        (LEFT, -15.0, 0.0), (LEFT, -60.0, 0.0), (LEFT, -62.0, 2.0), (LEFT, 10.0, 25.0),
        (RIGHT, 15.0, 0.0), (RIGHT, 60.0, 0.0), (RIGHT, 70.0, 10.0), (RIGHT, -30.0, 45.0),
    ],
)  # fmt: skip
def test_how_far_a_photo_is_from_its_slot(slot: Slot, yaw: float, misfit: float) -> None:
    assert misfit_deg(slot, yaw) == pytest.approx(misfit)


@pytest.mark.parametrize("order", list(permutations(Slot)))
def test_photos_in_any_order_are_put_right(order: tuple[Slot, ...]) -> None:
    yaws = {FRONT: 3.0, LEFT: -38.0, RIGHT: 41.0}
    assert arranged({sent: yaws[shown] for sent, shown in zip(Slot, order, strict=True)}) == dict(
        zip(Slot, order, strict=True)
    )


def test_photos_that_fit_stay_where_another_order_fits_too() -> None:
    assert arranged({FRONT: 16.0, LEFT: -18.0, RIGHT: 19.0}) == {slot: slot for slot in Slot}


def test_two_of_the_same_side_leave_the_front_alone() -> None:
    assert arranged({FRONT: 0.0, LEFT: 25.0, RIGHT: 40.0}) == {slot: slot for slot in Slot}


@given(yaws=st.dictionaries(st.sampled_from(list(Slot)), st.floats(-90, 90)))
def test_every_photo_gets_a_slot_of_its_own_and_none_a_worse_fit(yaws: dict[Slot, float]) -> None:
    order = arranged(yaws)
    assert order.keys() == yaws.keys()
    assert len(set(order.values())) == len(yaws)
    fit = sum(misfit_deg(order[sent], yaw) for sent, yaw in yaws.items())
    assert fit <= sum(misfit_deg(sent, yaw) for sent, yaw in yaws.items())
