"""The audit trail's chain: whatever is done to it shows, and to forget a person does not break it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.domain.audit import ACCOUNT, START, Chained, Entry, Who, chain

NOON = datetime(2031, 5, 4, 12, tzinfo=UTC)
JANE, JOHN = UUID(int=1), UUID(int=2)

texts = st.text(max_size=12)
entries = st.builds(
    Entry,
    id=st.uuids(),
    time=st.integers(0, 10**12).map(lambda us: NOON + timedelta(microseconds=us)),
    who=st.builds(Who, st.none() | st.sampled_from([JANE, JOHN]), texts, texts),
    operation=texts,
    outcome=st.integers(100, 599),
    request_id=texts,
    resource_id=texts | st.just(f"{ACCOUNT}{JANE}"),
)
CHANGES: dict[str, Any] = {
    "id": uuid4(),
    "time": NOON - timedelta(microseconds=1),
    "who": Who(uuid4(), "192.0.2.1", "a browser"),
    "operation": "another operation",
    "outcome": 600,
    "request_id": "another request",
    "resource_id": "another resource",
}


def faults(links: list[Chained]) -> list[int]:
    """The places at which the chain does not hold, as a check would find the first of them."""
    head, found = START, []
    for link in links:
        if link.fault_after(head) is not None:
            found.append(link.sequence)
        head = link.head
    return found


@given(st.lists(entries, max_size=8))
def test_a_chain_that_was_written_holds(written: list[Entry]) -> None:
    links = chain(START, written)
    assert [link.sequence for link in links] == list(range(1, len(written) + 1))
    assert [link.entry for link in links] == written
    assert faults(links) == []


@given(st.lists(entries, min_size=1, max_size=6), st.data())
def test_any_change_of_any_part_shows_at_its_place(written: list[Entry], data: st.DataObject) -> None:
    links = chain(START, written)
    place = data.draw(st.integers(0, len(links) - 1))
    part = data.draw(st.sampled_from(sorted(CHANGES)))
    changed = replace(links[place].entry, **{part: CHANGES[part]})
    links[place] = replace(links[place], entry=changed)
    assert faults(links)[:1] == [place + 1]


@given(st.lists(entries, min_size=2, max_size=6), st.data())
def test_an_entry_that_was_written_anew_with_its_hash_shows_at_the_next(
    written: list[Entry], data: st.DataObject
) -> None:
    links = chain(START, written)
    place = data.draw(st.integers(0, len(links) - 2))
    before = links[place - 1].head if place else START
    links[place] = Chained.after(before, replace(links[place].entry, operation="another operation"))
    assert faults(links)[:1] == [place + 2]


@given(st.lists(entries, min_size=3, max_size=6, unique_by=lambda entry: entry.id), st.data())
def test_a_missing_a_moved_and_a_doubled_entry_show(written: list[Entry], data: st.DataObject) -> None:
    links = chain(START, written)
    place = data.draw(st.integers(0, len(links) - 2))
    assert faults(links[:place] + links[place + 1 :])
    assert faults([*links[:place], links[place + 1], links[place], *links[place + 2 :]])
    assert faults([*links[: place + 1], *links[place:]])
    renumbered = [
        replace(link, sequence=index) for index, link in enumerate(links[:place] + links[place + 1 :], 1)
    ]
    assert faults(renumbered)


@given(st.lists(entries, min_size=1, max_size=6))
def test_forgetting_takes_the_person_out_and_leaves_the_chain(written: list[Entry]) -> None:
    pseudonym = uuid4()
    links = [
        link.without_who(pseudonym).without_resource() if JANE in link.entry.accounts else link
        for link in chain(START, written)
    ]
    assert faults(links) == []
    left = json.dumps([[str(link.entry), str(link.who), str(link.about)] for link in links])
    assert str(JANE) not in left
    # What is left is still bound: another operation would show.
    links[0] = replace(links[0], entry=replace(links[0].entry, operation="another operation"))
    assert faults(links)[:1] == [1]


@pytest.mark.parametrize("agent", ["", "curl/8"])
def test_a_commitment_does_not_tell_who_it_was(agent: str) -> None:
    """Whoever knows all that an entry could have said cannot try it against the digest without the salt."""
    entry = Entry(uuid4(), NOON, Who(JANE, "192.0.2.1", agent), "POST /v1/avatars", 201, "r", "")
    one, other = (chain(START, [entry])[0] for _ in range(2))
    assert one.who.digest != other.who.digest
    assert one.hash != other.hash


def test_requests_that_end_after_their_account_is_gone_are_forgotten_as_they_are_written() -> None:
    own = Entry(uuid4(), NOON, Who(JANE, "192.0.2.1", "curl"), "DELETE /v1/me", 204, "r", "")
    by_admin = Entry(
        uuid4(),
        NOON,
        Who(JOHN, "192.0.2.2", "curl"),
        "DELETE /v1/admin/users/{id}",
        204,
        "r",
        f"{ACCOUNT}{JANE}",
    )
    first, second = chain(START, [own, by_admin], frozenset({JANE}))
    assert (first.entry.who, first.who.salt) == (Who(None, "", ""), None)
    assert (second.entry.who, second.entry.resource_id) == (by_admin.who, "")
    assert faults([first, second]) == []
