"""Every attack of the list is tried by tests, and the page that says which is fresh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from tests.attacks.catalogue import ATTACKS, Attack
from tests.attacks.markers import Trial, found
from tests.attacks.page import PAGE, page


@pytest.fixture(scope="module")
def tests(request: pytest.FixtureRequest) -> Mapping[str, Sequence[Trial]]:
    return found(request.session.items)


def missing(attacks: Sequence[Attack], tests: Mapping[str, Sequence[Trial]]) -> dict[str, int]:
    """Ways in which an attack is still to be tried, by its id."""
    tried = {attack.id: sum(test.ways for test in tests.get(attack.id, ())) for attack in attacks}
    return {each.id: each.ways - tried[each.id] for each in attacks if tried[each.id] < each.ways}


def test_every_attack_is_tried_in_as_many_ways_as_it_has(tests: Mapping[str, Sequence[Trial]]) -> None:
    assert missing(ATTACKS, tests) == {}


def test_every_mark_names_an_attack_of_the_list(tests: Mapping[str, Sequence[Trial]]) -> None:
    assert [each.id for each in ATTACKS] == [f"A{number:02}" for number in range(1, len(ATTACKS) + 1)]
    assert set(tests) <= {each.id for each in ATTACKS}
    assert [each.id for each in ATTACKS if each.ways == 0 and (each.id in tests or not each.lacks)] == []


def test_the_page_says_what_the_marks_say(tests: Mapping[str, Sequence[Trial]]) -> None:
    assert PAGE.read_text("utf-8") == page(tests), "run `python -m tests.attacks`"


def test_an_attack_that_nobody_tries_is_found() -> None:
    attacks = [Attack("A01", "one", "401"), Attack("A02", "another", "401", ways=2)]
    tests = {"A01": [Trial("tests/a.py", "test_a", 1), Trial("tests/b.py", "test_b", 1)]}
    assert missing(attacks, tests) == {"A01": 1, "A02": 2}
