"""The two halves of the rollout that makes holds a service's, and in which plain signing keys go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import psycopg
import pytest
from alembic import command

from atelierkit import migrations

pytestmark = pytest.mark.postgres

AUTH = "services.auth"

Sql = Callable[[str], Sequence[tuple[Any, ...]]]


@pytest.fixture
def url(database_url: Callable[[str], str]) -> str:
    """A database of the release before."""
    url = database_url("auth")
    with migrations._configured(AUTH, url) as config:
        command.upgrade(config, "0007")
    return url


@pytest.fixture
def sql(url: str) -> Sql:
    """Statements on that database, in which are a key that is sealed, one that is not, and a wallet."""

    def execute(statement: str) -> Sequence[tuple[Any, ...]]:
        with psycopg.connect(url.replace("+psycopg", ""), options="-c search_path=auth") as connection:
            ran = connection.execute(statement.encode())
            return ran.fetchall() if ran.description else []

    execute(
        "INSERT INTO signing_keys (kid, private_jwk, sealed_jwk) VALUES"
        " ('sealed', NULL, 'a seal'), ('never sealed', '{\"d\": \"secret\"}', NULL)"
    )
    execute("INSERT INTO wallets (id, available, held, movements) VALUES (gen_random_uuid(), 0, 2, 1)")
    return execute


def hold(sql: Sql) -> None:
    """What the code of before writes."""
    sql(
        "INSERT INTO holds (job_id, wallet_id, credits, reason, state, captured)"
        " SELECT gen_random_uuid(), id, 1, 'a batch', 'open', 0 FROM wallets"
    )


def test_the_code_of_before_goes_on_between_the_two_halves(url: str, sql: Sql) -> None:
    hold(sql)
    assert migrations.upgrade(AUTH, url, "pre") == ["0008", "0009"]
    hold(sql)
    assert sql("SELECT service FROM holds") == [("generator",)] * 2
    assert sql("SELECT kid, private_jwk, sealed_jwk IS NULL FROM signing_keys ORDER BY kid DESC") == [
        ("sealed", None, False),
        ("never sealed", {"d": "secret"}, True),
    ]


def test_afterwards_no_key_lies_open_and_each_hold_has_to_say_whose_it_is(url: str, sql: Sql) -> None:
    hold(sql)
    migrations.upgrade(AUTH, url, "pre")
    assert migrations.upgrade(AUTH, url, "post") == ["0010"]
    [[kid, _, sealed]] = sql("SELECT * FROM signing_keys")
    assert (kid, bytes(sealed)) == ("sealed", b"a seal")
    assert sql("SELECT service FROM holds") == [("generator",)]
    with pytest.raises(psycopg.errors.NotNullViolation):
        hold(sql)
    migrations.check(AUTH, url)
