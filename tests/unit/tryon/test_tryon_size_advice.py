"""Which size is advised, with what confidence, and what never happens."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.tryon.domain.errors import NotComparable
from services.tryon.domain.model import Advice, EaseRange, Fit, Garment, Girths, Size, Zone
from services.tryon.domain.sizing import best, confidence, score, strain
from services.tryon.use_cases import AdviseSize

advise = AdviseSize()

# A busy machine is not a slow program.
PROPERTY = settings(deadline=None)

LABELS = ("S", "M", "L", "XL")
CHEST = EaseRange(20, 80, 150)
WAIST = EaseRange(-10, 15, 50)
SHIRT = Garment(
    sizes=tuple(
        Size(label, {Zone.CHEST: chest, Zone.WAIST: waist})
        for label, chest, waist in zip(LABELS, (960, 1040, 1120, 1215), (815, 915, 1010, 1145), strict=True)
    ),
    ease={Zone.CHEST: CHEST, Zone.WAIST: WAIST},
)
M_BODY = {Zone.CHEST: 960, Zone.WAIST: 900}


def index(advice: Advice) -> int:
    return LABELS.index(advice.recommended)


millimetres = st.integers(0, 600).map(float)


@st.composite
def garments(draw: st.DrawFn, *, least_step: int = 0) -> Garment:
    """Any garment whose sizes do not shrink, or grow by ``least_step`` in every zone."""
    zones = draw(st.lists(st.sampled_from(list(Zone)), min_size=1, max_size=3, unique=True))
    ease, charts = {}, {}
    for zone in zones:
        ideal = draw(st.integers(-100, 300))
        tight, loose = draw(st.integers(1, 200)), draw(st.integers(1, 400))
        ease[zone] = EaseRange(ideal - tight, ideal, ideal + loose)
        steps = draw(st.lists(st.integers(least_step, 200), min_size=3, max_size=3))
        first = draw(st.integers(300, 1500))
        charts[zone] = [float(first + sum(steps[:count])) for count in range(4)]
    sizes = tuple(
        Size(label, {zone: charts[zone][number] for zone in zones}) for number, label in enumerate(LABELS)
    )
    return Garment(sizes, ease)


def bodies(garment: Garment) -> st.SearchStrategy[dict[Zone, float]]:
    """Any body about which the sizes may disagree: far outside of the chart all zones vote alike."""
    largest = garment.sizes[-1].girths
    return st.fixed_dictionaries(
        {
            zone: st.integers(-700, 300).map((largest[zone] - wanted.ideal_mm).__add__)
            for zone, wanted in garment.ease.items()
        }
    )


def dressed(garment: Garment, number: int) -> dict[Zone, float]:
    """The body on which that size has its ideal ease everywhere."""
    return {
        zone: garment.sizes[number].girths[zone] - wanted.ideal_mm for zone, wanted in garment.ease.items()
    }


@settings(PROPERTY, max_examples=400)
@given(st.data())
def test_a_body_that_grows_anywhere_is_never_advised_a_smaller_size(data) -> None:
    garment = data.draw(garments())
    body = data.draw(bodies(garment))
    zone = data.draw(st.sampled_from(list(body)))
    # One zone is enough: any growth is a row of such steps.
    grown = {**body, zone: body[zone] + data.draw(millimetres)}
    assert index(advise(grown, garment)) >= index(advise(body, garment))


@PROPERTY
@given(garments(least_step=1), st.integers(0, 3))
def test_a_body_is_advised_the_size_that_is_ideal_for_it(garment, number) -> None:
    advice = advise(dressed(garment, number), garment)
    assert advice.recommended == LABELS[number]
    assert advice.sizes[number].score == 1
    assert all(zone.fit is Fit.GOOD for zone in advice.sizes[number].zones)
    assert advice.confidence >= 0.5


@PROPERTY
@given(st.data(), st.sampled_from([0.25, 0.5, 2.0, 8.0]))
def test_advice_does_not_depend_on_the_unit(data, factor) -> None:
    garment = data.draw(garments())
    body = data.draw(bodies(garment))
    scaled = Garment(
        sizes=tuple(
            Size(size.label, {zone: girth * factor for zone, girth in size.girths.items()})
            for size in garment.sizes
        ),
        ease={
            zone: EaseRange(wanted.least_mm * factor, wanted.ideal_mm * factor, wanted.most_mm * factor)
            for zone, wanted in garment.ease.items()
        },
    )
    before, after = (
        advise(body, garment),
        advise({zone: girth * factor for zone, girth in body.items()}, scaled),
    )
    # Powers of two scale without rounding.
    assert (after.recommended, after.confidence) == (before.recommended, before.confidence)
    assert [size.score for size in after.sizes] == [size.score for size in before.sizes]


@PROPERTY
@given(st.data(), st.sampled_from([-1, 1]))
def test_a_zone_further_from_its_ideal_never_scores_higher(data, side) -> None:
    garment = data.draw(garments())
    body = dressed(garment, 0)
    zones = tuple(body)
    off = {zone: girth + side * data.draw(millimetres) for zone, girth in body.items()}
    zone = data.draw(st.sampled_from(zones))
    further = {**off, zone: off[zone] + side * data.draw(millimetres)}

    def strained(girths: Girths) -> float:
        return strain(girths, garment, garment.sizes[0], zones)

    assert strained(further) >= strained(off)
    assert score(strained(further)) <= score(strained(off))


@PROPERTY
@given(st.data())
def test_scores_and_confidence_are_shares_and_the_advised_size_scores_best(data) -> None:
    garment = data.draw(garments())
    advice = advise(data.draw(bodies(garment)), garment)
    scores = [size.score for size in advice.sizes]
    assert all(0 <= score <= 1 for score in (*scores, advice.confidence))
    assert scores[index(advice)] == pytest.approx(max(scores), abs=1e-8)


@PROPERTY
@given(garments(least_step=40), st.sampled_from([(1, 0), (5000, 3)]))
def test_a_body_far_outside_the_chart_is_advised_its_end_without_confidence(garment, case) -> None:
    girth, expected = case
    advice = advise(dict.fromkeys(garment.ease, girth), garment)
    assume(all(size.score < 0.01 for size in advice.sizes))
    assert index(advice) == expected
    assert advice.confidence < 0.01


@pytest.mark.parametrize(
    ("chest_mm", "ease_mm", "fit"),
    [
        (1020.5, 19.5, Fit.TIGHT),
        (1020, 20, Fit.GOOD),
        (960, 80, Fit.GOOD),
        (890, 150, Fit.GOOD),
        (889.5, 150.5, Fit.LOOSE),
        (1050, -10, Fit.TIGHT),
    ],
)
def test_each_zone_tells_its_ease_and_how_it_sits(chest_mm, ease_mm, fit) -> None:
    zone = advise({Zone.CHEST: chest_mm}, SHIRT).sizes[1].zones[0]
    assert (zone.zone, zone.body_mm, zone.garment_mm) == (Zone.CHEST, chest_mm, 1040)
    assert (zone.ease_mm, zone.fit) == (ease_mm, fit)


@pytest.mark.parametrize("chest_mm", [1020, 890])
def test_a_zone_at_an_end_of_its_range_scores_a_half(chest_mm) -> None:
    assert advise({Zone.CHEST: chest_mm}, SHIRT).sizes[1].score == pytest.approx(0.5)


def test_beyond_the_range_too_tight_is_worse_than_too_loose() -> None:
    tight = advise({Zone.CHEST: 1040 - (80 - 2 * 60)}, SHIRT).sizes[1].score
    loose = advise({Zone.CHEST: 1040 - (80 + 2 * 70)}, SHIRT).sizes[1].score
    assert tight == pytest.approx(2**-9)
    assert loose == pytest.approx(2**-4)


def test_several_zones_join_in_their_fourth_powers() -> None:
    both_at_their_tight_end = {Zone.CHEST: 1020, Zone.WAIST: 925}
    assert advise(both_at_their_tight_end, SHIRT).sizes[1].score == pytest.approx(2 ** -(2**0.5))


def test_growth_where_two_sizes_share_a_girth_does_not_turn_the_advice_round() -> None:
    # The waist is loose alike in both sizes; by a plain maximum it would hide that the chest of M is loose too.
    shared = Garment(
        (Size("S", {Zone.CHEST: 960, Zone.WAIST: 900}), Size("M", {Zone.CHEST: 1040, Zone.WAIST: 900})),
        SHIRT.ease,
    )
    before = advise({Zone.CHEST: 880, Zone.WAIST: 600}, shared)
    after = advise({Zone.CHEST: 880, Zone.WAIST: 885}, shared)
    assert (before.recommended, after.recommended) == ("S", "S")


def test_the_worst_zone_decides() -> None:
    chest_alone = advise({Zone.CHEST: 1040}, SHIRT).sizes[1].score
    both = advise({Zone.CHEST: 1040, Zone.WAIST: 900}, SHIRT).sizes[1].score
    assert chest_alone == both < 0.3


def test_zones_are_those_that_body_ease_and_every_size_share_in_their_own_order() -> None:
    body = {Zone.THIGH: 600, Zone.WAIST: 900, Zone.CHEST: 960, Zone.HIP: 1000}
    patchy = Garment(
        sizes=(
            Size("S", {Zone.CHEST: 960, Zone.WAIST: 815, Zone.HIP: 1000}),
            Size("M", {Zone.CHEST: 1040, Zone.WAIST: 915}),
        ),
        ease={Zone.CHEST: CHEST, Zone.WAIST: WAIST, Zone.HIP: CHEST, Zone.THIGH: CHEST},
    )
    advice = advise(body, patchy)
    assert [[zone.zone for zone in size.zones] for size in advice.sizes] == [[Zone.CHEST, Zone.WAIST]] * 2


@pytest.mark.parametrize(
    ("body", "garment"),
    [
        ({}, SHIRT),
        ({Zone.THIGH: 600}, SHIRT),
        (M_BODY, Garment(SHIRT.sizes, {})),
        (M_BODY, Garment((), SHIRT.ease)),
        (M_BODY, Garment((*SHIRT.sizes, Size("XXL", {})), SHIRT.ease)),
    ],
    ids=["no body", "another zone", "no ease", "no sizes", "a size without girths"],
)
def test_without_a_shared_zone_nothing_can_be_compared(body, garment) -> None:
    with pytest.raises(NotComparable):
        advise(body, garment)


def test_of_sizes_that_sit_equally_well_the_larger_is_advised() -> None:
    twins = Garment((Size("S", {Zone.CHEST: 1000}), Size("M", {Zone.CHEST: 1000})), {Zone.CHEST: CHEST})
    advice = advise({Zone.CHEST: 920}, twins)
    assert (advice.recommended, advice.confidence) == ("M", 0.5)


def test_strains_that_differ_by_a_rounding_error_are_equal() -> None:
    assert best([0.1 + 0.2, 0.3]) == best([0.3, 0.1 + 0.2]) == 1
    assert best([0.3, 0.3 + 1e-6]) == 0


@pytest.mark.parametrize(
    ("scores", "expected"),
    [([1.0], 1.0), ([0.0, 1.0, 0.0], 1.0), ([1.0, 1.0], 0.5), ([0.2, 0.8, 0.4], 0.6), ([0.0, 0.0], 0.0)],
)
def test_confidence_falls_with_a_good_runner_up_and_with_a_bad_best(scores, expected) -> None:
    assert confidence(scores) == pytest.approx(expected)
