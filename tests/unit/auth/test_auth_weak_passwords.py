from __future__ import annotations

import random
import string

import pytest

from services.auth.domain.errors import WeakPassword
from services.auth.domain.passwords import refuse_weak_password

EMAIL = "jane.roe@example.org"


def fault_of(password: str, email: str = EMAIL) -> str:
    with pytest.raises(WeakPassword) as refused:
        refuse_weak_password(password, email)
    [fault] = refused.value.faults
    assert fault.field == "password"
    return fault.code


@pytest.mark.attack("A13")
@pytest.mark.parametrize("password", ["", "a", "Xk7#pQ9", "🧵🪡✂️📏"])
def test_short_ones_are_refused_by_their_characters_not_their_bytes(password: str) -> None:
    assert fault_of(password) == "password.short"


@pytest.mark.attack("A13")
@pytest.mark.parametrize(
    "password",
    """
    password Password1 P@ssw0rd! passw0rd123 drowssap 12345678 123456789 1234567890 87654321 11111111 88888888
    12341234 11223344 19851985 01011990 147258369 qwertyui qwertyuiop QWERTY123 qwerty12345 1q2w3e4r 1q2w3e4r5t
    1qaz2wsx 1qaz@WSX zaq12wsx q1w2e3r4 qazwsxedc asdfghjkl asdfasdf zxcvbnm1 azertyuiop qwertzuiop 123qweasd
    qwe123qwe abcdefgh abcd1234 abc12345 a1b2c3d4 123456789a a123456789 iloveyou iloveyou2 princess1 sunshine
    football1 baseball superman1 letmein123 welcome1 Welcome123! admin123 admin@123 changeme trustno1 dragon123
    monkey123 michael1 jennifer charlie1 Summer2024! winter2023 starwars basketba liverpoo computer whatever
    pokemon1 hunter22 secret123 test1234 motdepasse passwort monkeymonkey lovelove abababab
    """.split(),  # noqa: SIM905  a table of words reads better than a list of quotes
)
def test_common_ones_are_refused(password: str) -> None:
    assert fault_of(password) == "password.common"


@pytest.mark.attack("A13")
@pytest.mark.parametrize(
    ("password", "email"),
    [
        ("My4telier-is-huge", EMAIL),
        ("ATELIER of dreams 77", EMAIL),
        ("x-Jane.Roe-8812-kz", EMAIL),
        ("blue3arthur#kite!", "arthur@example.org"),
    ],
)
def test_names_are_refused_wherever_they_stand(password: str, email: str) -> None:
    assert fault_of(password, email) == "password.contains_name"


@pytest.mark.attack("A14")
@pytest.mark.parametrize(
    "password",
    [
        "xk7Qp9zL",
        "tape & chalk, twice",
        "correct horse battery staple",
        "Tr0ub4dor&3",
        "пальто и шарф",
        "縫い目はまっすぐ",
        "🧵🪡✂️📏🧥👗🧶🪢",
        "nul\0byte inside",
        "a" * 64,
        "z" * 128,
    ],
)
def test_others_are_taken_whatever_their_signs(password: str) -> None:
    refuse_weak_password(password, "al@example.org")


def test_the_password_is_not_repeated_in_the_refusal() -> None:
    with pytest.raises(WeakPassword) as refused:
        refuse_weak_password("Monkey-2024", EMAIL)
    assert "onkey" not in repr((refused.value.message, refused.value.faults, refused.value.metadata))


def test_random_ones_are_hardly_ever_refused() -> None:
    drawn = random.Random(15)
    letters = string.ascii_letters + string.digits
    refused = 0
    for _ in range(2000):
        try:
            refuse_weak_password("".join(drawn.choices(letters, k=8)), EMAIL)
        except WeakPassword:
            refused += 1
    assert refused <= 6
