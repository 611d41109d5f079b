"""Who is deleted between the two statements that read a row and its files is not there."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.integration.generator.avatars import like, store
from tests.unit.generator.world import ANN


@pytest.mark.postgres
async def test_an_avatar_that_is_deleted_while_it_is_read_is_not_there(
    engine, postgres_units, pattern
) -> None:
    avatar, other = like(pattern), like(pattern, minute=1)
    await store(postgres_units, avatar, other)
    somebody = sa.create_engine(engine.url, poolclass=sa.NullPool)

    def interrupt(connection, cursor, statement, *_) -> None:
        # The rows are read, then their files: between both one goes.
        if statement.startswith("SELECT") and "avatar_files" in statement:
            with somebody.begin() as now:
                now.execute(sa.text("DELETE FROM generator.avatars WHERE id = :id"), {"id": avatar.id})

    sa.event.listen(engine.sync_engine, "before_cursor_execute", interrupt)
    try:
        async with postgres_units() as unit:
            assert await unit.avatars.page(ANN, limit=5, after=None) == [other]
    finally:
        sa.event.remove(engine.sync_engine, "before_cursor_execute", interrupt)
    async with postgres_units() as unit:
        assert await unit.avatars.get(ANN, avatar.id) is None
