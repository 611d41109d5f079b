"""The text of an API key: found by scanners, and typos in it by its checksum."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.auth.domain.api_keys import is_key, new_text

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@given(st.uuids())
def test_what_is_made_is_a_key(id: UUID) -> None:
    text = new_text(id)
    assert is_key(text)
    assert text.startswith(f"atk_{id.hex}_")
    assert new_text(id) != text


# Made once: what hypothesis draws may not hang on something that chance has made anew.
KEY = new_text(UUID(int=0xABCDEF))


@given(st.data())
def test_a_typo_is_found(data: st.DataObject) -> None:
    text = KEY
    index = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(ALPHABET).filter(lambda letter: letter != text[index]))
    assert not is_key(text[:index] + other + text[index + 1 :])


@given(st.data())
def test_two_swapped_neighbours_are_found(data: st.DataObject) -> None:
    text = KEY
    index = data.draw(st.integers(0, len(text) - 2).filter(lambda at: text[at] != text[at + 1]))
    assert not is_key(text[:index] + text[index + 1] + text[index] + text[index + 2 :])


@given(st.text())
def test_other_texts_are_none(text: str) -> None:
    assert not is_key(text)


@pytest.mark.parametrize(
    "change", [str.upper, lambda key: key + "\n", lambda key: key[:-1], lambda key: " " + key]
)
def test_a_key_is_taken_exactly(change) -> None:
    assert not is_key(change(new_text(UUID(int=0xABCDEF))))
