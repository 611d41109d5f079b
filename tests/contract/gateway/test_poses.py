"""The pose library in /v1, and the list that source 004's clients read."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from services.catalog.adapters.seed import released
from services.catalog.domain.poses import folded
from tests.contract.gateway.generations import with_known

POSES = with_known(released()).library.poses
PATH = "/v1/catalog/poses"


async def data(client: httpx.AsyncClient, **params: str | int) -> list[dict[str, Any]]:
    answer = await client.get(PATH, params=params)
    assert answer.status_code == 200, answer.text
    listed: list[dict[str, Any]] = answer.json()["data"]
    return listed


async def test_the_library_needs_no_account_and_comes_in_pages(client: httpx.AsyncClient) -> None:
    first = (await client.get(PATH)).json()
    assert [pose["id"] for pose in first["data"]] == [pose.summary.id for pose in POSES[:100]]
    rest = (await client.get(PATH, params={"cursor": first["nextCursor"], "limit": 1000})).json()
    assert (len(first["data"]) + len(rest["data"]), rest["nextCursor"]) == (len(POSES), None)


async def test_a_pose_in_the_list_says_what_it_is_and_where_more_is(client: httpx.AsyncClient) -> None:
    about = POSES[0].summary
    [pose] = await data(client, limit=1)
    assert pose == {
        "id": about.id,
        "name": {"en": about.name.en, "fr": about.name.fr},
        "description": {"en": about.description.en, "fr": about.description.fr},
        "category": about.category,
        "tags": list(about.tags),
        "difficulty": about.difficulty.value,
        "suits": [suited.value for suited in about.suits],
        "support": about.support.value,
        "links": {"self": f"{PATH}/{about.id}", "picture": f"{PATH}/{about.id}.webp"},
    }


async def test_filters_narrow_the_list(client: httpx.AsyncClient) -> None:
    seated = await data(client, category="seated", limit=1000)
    assert {pose["support"] for pose in seated} == {"seat"}
    suited = await data(client, suits="masculine", difficulty="easy", limit=1000)
    assert suited
    assert all("masculine" in pose["suits"] and pose["difficulty"] == "easy" for pose in suited)
    tagged = await data(client, tags="hand-on-hip,weight-shift", limit=1000)
    assert tagged
    assert all({"hand-on-hip", "weight-shift"} <= set(pose["tags"]) for pose in tagged)
    for words in ("hand on the hip", "MAIN hanche"):
        found = await data(client, q=words, limit=1000)
        assert found
        for pose in found:
            told = folded(f"{pose['name']} {pose['description']} {pose['tags']}")
            assert all(word in told for word in folded(words).split())
        assert len(found) < len(POSES) / 2
    assert await data(client, q="no such words") == []


async def test_a_pose_comes_with_its_joints(client: httpx.AsyncClient) -> None:
    pose = POSES[3]
    answer = (await client.get(f"{PATH}/{pose.summary.id}")).json()
    assert {joint["bone"]: tuple(joint["rotation"]) for joint in answer["joints"]} == pose.turns
    assert answer["name"]["fr"] == pose.summary.name.fr
    assert answer["description"]["fr"] == pose.summary.description.fr


async def test_facets_count_categories_and_tags(client: httpx.AsyncClient) -> None:
    facets = (await client.get(f"{PATH}/facets")).json()
    first = facets["categories"][0]
    assert first == {
        "id": "standing",
        "name": {"en": "Standing", "fr": "Debout"},
        "count": len(await data(client, category="standing", limit=1000)),
    }
    assert sum(category["count"] for category in facets["categories"]) == len(POSES)
    tag = facets["tags"][0]
    assert tag["count"] == len(await data(client, tags=tag["tag"], limit=1000))


async def test_a_pose_that_there_is_not_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{PATH}/handstand")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("params", "field", "code"),
    [
        ({"difficulty": "odd"}, "difficulty", "not_offered"),
        ({"suits": "giant"}, "suits", "not_offered"),
        ({"limit": "1001"}, "limit", "out_of_range"),
        ({"category": "No!"}, "category", "invalid_format"),
        ({"tags": "a,,b"}, "tags", "invalid_format"),
        ({"q": "x" * 65}, "q", "out_of_range"),
    ],
)
async def test_a_malformed_question_is_refused(client: httpx.AsyncClient, params, field, code) -> None:
    answer = await client.get(PATH, params=params)
    assert answer.status_code == 400
    assert [(fault["field"], fault["code"]) for fault in answer.json()["details"]] == [(field, code)]


async def test_source_004_lists_every_pose_in_the_callers_language(signed_in: httpx.AsyncClient) -> None:
    answer = await signed_in.get("/api/poses", headers={"Accept-Language": "fr"})
    listed = answer.json()["data"]
    about = POSES[0].summary
    assert listed[0] == {
        "id": about.id,
        "name": about.name.fr,
        "category": about.category,
        "imageUrl": f"http://{answer.request.url.netloc.decode()}{PATH}/{about.id}.webp",
        "difficulty": about.difficulty.value,
    }
    assert [pose["id"] for pose in listed] == [pose.summary.id for pose in POSES]
    english = (await signed_in.get("/api/poses")).json()["data"]
    assert english[0]["name"] == about.name.en


async def test_source_004_wants_a_token(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/poses")).status_code == 401
