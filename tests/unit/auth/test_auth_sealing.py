"""What is sealed opens in its place, with its key, unchanged, and in no other way."""

from __future__ import annotations

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.auth.adapters.sealing import AesGcmSeals, kept_in, new_key, ring_of
from services.auth.domain.sealing import Place, Unsealable
from services.auth.settings import AuthSettings

PLACE = Place("signing_keys", "sealed_jwk", "7")
OLD, NEW = new_key("old"), new_key("new")
SEALS = AesGcmSeals(ring_of(OLD))
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
PLACES = st.builds(Place, TEXT, TEXT, TEXT)


@given(st.binary(), PLACES)
def test_what_was_sealed_opens_again(plain: bytes, place: Place) -> None:
    sealed = SEALS.seal(plain, place)
    assert SEALS.open(sealed, place) == plain
    assert SEALS.seal(plain, place) != sealed
    assert len(plain) < 8 or plain not in sealed


@given(PLACES, PLACES)
def test_it_opens_in_its_place_alone(place: Place, other: Place) -> None:
    if place != other:
        with pytest.raises(Unsealable):
            SEALS.open(SEALS.seal(b"secret", place), other)


@pytest.mark.parametrize(
    "other", [Place("a", "bc", "d"), Place("ab", "c", "d"), Place("a", "b", "cd"), Place("abcd", "", "")]
)
def test_places_do_not_run_into_each_other(other: Place) -> None:
    sealed = SEALS.seal(b"secret", Place("a", "b", "c" + "d" * (other.row != "cd")))
    with pytest.raises(Unsealable):
        SEALS.open(sealed, other)


def test_a_single_changed_bit_is_noticed() -> None:
    sealed = SEALS.seal(b"secret", PLACE)
    for index in range(len(sealed)):
        for bit in range(8):
            changed = bytearray(sealed)
            changed[index] ^= 1 << bit
            with pytest.raises(Unsealable):
                SEALS.open(bytes(changed), PLACE)


def test_what_is_cut_short_does_not_open() -> None:
    sealed = SEALS.seal(b"secret", PLACE)
    for length in range(len(sealed)):
        with pytest.raises(Unsealable):
            SEALS.open(sealed[:length], PLACE)


def test_all_keys_of_the_ring_open_and_the_first_seals() -> None:
    sealed = SEALS.seal(b"secret", PLACE)
    both = AesGcmSeals(ring_of(f"{NEW}, {OLD}"))
    assert both.open(sealed, PLACE) == b"secret"
    fresh = both.seal(b"secret", PLACE)
    assert fresh.startswith(both.header)
    assert b"new" in both.header
    assert AesGcmSeals(ring_of(NEW)).open(fresh, PLACE) == b"secret"
    with pytest.raises(Unsealable):
        SEALS.open(fresh, PLACE)


def test_a_key_of_the_same_id_and_other_bytes_opens_nothing() -> None:
    with pytest.raises(Unsealable):
        AesGcmSeals(ring_of(new_key("old"))).open(SEALS.seal(b"secret", PLACE), PLACE)


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a:",
        ":" + OLD.partition(":")[2],
        OLD + ",",
        f"{OLD},{OLD}",
        "a b:" + OLD.partition(":")[2],
        "a:" + base64.b64encode(bytes(31)).decode(),
        "a:" + "!" * 44,
    ],
    ids=[
        "no colon",
        "no key",
        "no id",
        "comma too many",
        "id twice",
        "space in an id",
        "31 bytes",
        "no base64",
    ],
)
def test_a_ring_that_cannot_be_meant_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        AuthSettings(database_url="postgresql+psycopg://nobody@localhost/none", sealing_keys=text)
    assert "key id, colon" in str(refused.value)
    assert text not in str(refused.value) or len(text) < 3


def test_a_machine_s_own_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "data" / "sealing-keys"
    with ThreadPoolExecutor(8) as pool:
        read = set(pool.map(lambda _: kept_in(file), range(8)))
    assert len(read) == 1
    assert ring_of(read.pop()).keys() == {"local"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["sealing-keys"]
