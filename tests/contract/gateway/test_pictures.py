"""An avatar's pictures at their addresses: what a query asks for, and what is refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from atelier.common.v1 import picture_pb2 as pb
from bodymodel.expressions import EXPRESSIONS
from services.gateway.convert.pictures import FACES, FORMATS, MEDIA_TYPES, SAME_SHAPES, SPIRITS
from tests.contract.gateway.conftest import World

DRAFT = {"measurements": {}, "bodyType": "neutral"}
OWN = "0a1b2c3d-1111-4222-8333-444455556666"
RPM = "camera=portrait&size=512&quality=80&background=255,0,128&expression=rage&uat=2024-01-01T00:00:00Z"


@pytest.fixture
async def path(signed_in: httpx.AsyncClient) -> str:
    """Where an avatar lies."""
    made: str = (await signed_in.post("/v1/avatars", json=DRAFT)).json()["links"]["self"]
    return made


def picture(**over: Any) -> pb.PictureOptions:
    plain = {
        "camera": pb.CAMERA_FULL_BODY,
        "style": pb.STYLE_REALISTIC,
        "format": pb.PICTURE_FORMAT_PNG,
    }
    return pb.PictureOptions(**{**plain, **over})


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(fault["field"], fault["code"]) for fault in answer.json()["details"]]


@pytest.mark.parametrize("format", FORMATS)
async def test_a_picture_is_shown_and_then_known(
    world: World, signed_in: httpx.AsyncClient, path: str, format: Any
) -> None:
    shown = await signed_in.get(f"{path}.{format}")
    assert (shown.status_code, shown.headers["content-type"]) == (200, MEDIA_TYPES[format])
    assert shown.headers["cache-control"] == "private, no-cache"
    sha256 = shown.headers["etag"].strip('"')
    assert shown.headers["content-location"] == f"/v1/pictures/{sha256}.{format}"
    avatar_id = path.rpartition("/")[2]
    assert shown.headers["content-disposition"] == f'inline; filename="avatar-{avatar_id}.{format}"'
    known = await signed_in.get(f"{path}.{format}", headers={"If-None-Match": shown.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert known.headers["content-location"] == shown.headers["content-location"]
    assert [asked.picture.format for asked in world.pictures.asked] == [FORMATS[format]] * 2


async def test_a_picture_by_its_content_never_changes(
    world: World, signed_in: httpx.AsyncClient, path: str
) -> None:
    shown = await signed_in.get(f"{path}.png")
    kept = await signed_in.get(shown.headers["content-location"])
    assert (kept.status_code, kept.content) == (200, shown.content)
    assert kept.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert kept.headers["etag"] == shown.headers["etag"]
    other = shown.headers["content-location"].replace(".png", ".webp")
    assert (await signed_in.get(other)).status_code == 404
    stranger = {"Authorization": f"Bearer {await world.token_of('eve@example.org')}"}
    assert (await signed_in.get(shown.headers["content-location"], headers=stranger)).status_code == 404
    assert (await signed_in.delete(path)).status_code == 204
    assert (await signed_in.get(shown.headers["content-location"])).status_code == 404
    assert (await signed_in.get(f"{path}.png")).status_code == 404


@pytest.mark.parametrize("name", ["0" * 63, "0" * 65, "G" * 64, "..", "%00"])
async def test_what_is_no_content_is_refused(signed_in: httpx.AsyncClient, name: str) -> None:
    assert (await signed_in.get(f"/v1/pictures/{name}.png")).status_code in {400, 404}


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("", picture()),
        ("camera=portrait&style=anime&size=2048", picture(camera=pb.CAMERA_PORTRAIT, style=3, size=2048)),
        ("camera=side&style=cartoon&size=64", picture(camera=pb.CAMERA_SIDE, style=2, size=64)),
        ("camera=back", picture(camera=pb.CAMERA_BACK)),
        ("camera=fit", picture()),
        ("quality=10", picture()),
        ("background=aabbCC", picture(background=pb.Background(color="#aabbcc"))),
        ("background=%23aabbcc", picture(background=pb.Background(color="#aabbcc"))),
        ("background=1,20,255", picture(background=pb.Background(color="#0114ff"))),
        ("background=transparent", picture(background=pb.Background(transparent=True))),
        (f"background={OWN}", picture(background=pb.Background(own_id=OWN))),
        (
            "background=ffffff,%23000000",
            picture(background=pb.Background(gradient=pb.Gradient(top="#ffffff", bottom="#000000"))),
        ),
        ("expression=happy", picture(face_shapes=FACES["happy"])),
        ("expression=lol&blendShapes[x][jawOpen]=0", picture(face_shapes={**FACES["lol"], "jawOpen": 0})),
        (
            "blendShapes[Wolf3D_Head][jawOpen]=0.5&blendShapes[Wolf3D_Teeth][jawOpen]=0.5&blendShapes[viseme_aa]=1",
            picture(face_shapes={"jawOpen": 0.5, "viseme_aa": 1.0}),
        ),
        (
            "blendShapes[mouthSmile]=0.25",
            picture(face_shapes={"mouthSmileLeft": 0.25, "mouthSmileRight": 0.25}),
        ),
        (
            RPM,
            picture(
                camera=pb.CAMERA_PORTRAIT,
                size=512,
                background=pb.Background(color="#ff0080"),
                face_shapes=FACES["rage"],
            ),
        ),
    ],
)
async def test_a_query_asks_for_one_picture(
    world: World, signed_in: httpx.AsyncClient, path: str, query: str, options: pb.PictureOptions
) -> None:
    answer = await signed_in.get(f"{path}.png?{query}")
    assert answer.status_code == 200, answer.text
    assert [asked.picture for asked in world.pictures.asked] == [options]


@pytest.mark.parametrize(("quality", "asked"), [("0", 1), ("1", 1), ("77", 77), ("100", 100)])
async def test_what_loses_something_has_a_quality(
    world: World, signed_in: httpx.AsyncClient, path: str, quality: str, asked: int
) -> None:
    for format in ("webp", "jpg"):
        assert (await signed_in.get(f"{path}.{format}?quality={quality}")).status_code == 200
    assert [each.picture.quality for each in world.pictures.asked] == [asked, asked]


@pytest.mark.parametrize(
    ("query", "pose_id"),
    [
        ("", None),
        ("pose=A", ""),
        ("pose=contrapposto-012", "contrapposto-012"),
        ("pose=11111111-2222-3333-4444-555555555555", "11111111-2222-3333-4444-555555555555"),
    ],
)
async def test_a_query_names_a_pose(
    world: World, signed_in: httpx.AsyncClient, path: str, query: str, pose_id: str | None
) -> None:
    assert (await signed_in.get(f"{path}.png?{query}")).status_code == 200
    [asked] = world.pictures.asked
    assert (asked.pose_id if asked.HasField("pose_id") else None) == pose_id


@pytest.mark.parametrize("name", SPIRITS)
async def test_ready_player_mes_poses_are_poses_of_the_catalogue(
    world: World, signed_in: httpx.AsyncClient, path: str, name: str
) -> None:
    assert (await signed_in.get(f"{path}.png?pose={name}")).status_code == 200
    assert (await signed_in.get(f"{path}.mp4?pose=A,{name}")).status_code == 202
    taken = world.pictures.asked[0].pose_id
    assert world.pictures.videos[0].pose_ids == ["", taken]
    pose = (await signed_in.get(f"/v1/catalog/poses/{taken}")).json()
    assert pose["category"] == "standing"
    assert set(SPIRITS[name]) <= set(pose["tags"])


async def test_joints_that_were_turned_back_are_told(signed_in: httpx.AsyncClient, path: str) -> None:
    answer = await signed_in.get(f"{path}.png?pose=beyond")
    assert answer.headers["atelier-clamped-bones"] == "LeftForeArm, Head"
    assert "atelier-clamped-bones" not in (await signed_in.get(f"{path}.png")).headers


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("style=oil", ("style", "not_offered")),
        ("camera=top", ("camera", "not_offered")),
        ("expression=bored", ("expression", "not_offered")),
        ("size=2049", ("size", "out_of_range")),
        ("size=63", ("size", "out_of_range")),
        ("size=big", ("size", "wrong_type")),
        ("quality=101", ("quality", "out_of_range")),
        ("pose=../x", ("pose", "invalid_format")),
        ("pose=T", ("pose", "invalid_format")),
        ("background=red", ("background", "not_offered")),
        ("background=256,0,0", ("background", "not_offered")),
        ("background=aabbcc,ddeeff,001122", ("background", "not_offered")),
        ("background=", ("background", "not_offered")),
        (f"background={OWN.replace('-', '')}", ("background", "not_offered")),
        ("blendShapes[jawOpen]=1.5", ("blendShapes.jawOpen", "out_of_range")),
        ("blendShapes[jawOpen]=nan", ("blendShapes.jawOpen", "wrong_type")),
        ("blendShapes[jawOpen]=x", ("blendShapes.jawOpen", "wrong_type")),
        ("blendShapes[eyesGlow]=1", ("blendShapes[eyesGlow]", "not_offered")),
        ("blendShapes[a][jawOpen]=1&blendShapes[b][jawOpen]=0", ("", "invalid")),
        ("camera=back&camera=side", ("camera", "duplicate_field")),
        ("zoom=2", ("zoom", "unknown_field")),
        ("seconds=3", ("seconds", "unknown_field")),
    ],
)
async def test_what_there_is_not_is_refused_with_what_there_is(
    world: World, signed_in: httpx.AsyncClient, path: str, query: str, fault: tuple[str, str]
) -> None:
    answer = await signed_in.get(f"{path}.png?{query}")
    assert answer.status_code == 400, answer.text
    assert faults(answer) == [fault]
    assert world.pictures.asked == []


async def test_refusals_say_what_is_offered(signed_in: httpx.AsyncClient, path: str) -> None:
    styles = (await signed_in.get(f"{path}.png?style=oil")).json()["details"][0]
    assert styles["limit"] == "'realistic', 'cartoon' or 'anime'"
    shapes = (await signed_in.get(f"{path}.png?blendShapes[glow]=1")).json()
    assert shapes["code"] == "unknown_morph_target"
    assert shapes["details"][0]["limit"] == ", ".join([*SAME_SHAPES, *EXPRESSIONS])
    backgrounds = [
        (await signed_in.get(f"{path}.{format}?background=red")).json()["details"][0]["limit"]
        for format in ("png", "jpg")
    ]
    assert backgrounds == [
        "rrggbb, r,g,b of 0 to 255, rrggbb,rrggbb, the UUID of one of your own, transparent",
        "rrggbb, r,g,b of 0 to 255, rrggbb,rrggbb, the UUID of one of your own",
    ]
    assert (await signed_in.get(f"{path}.jpg?background=transparent")).status_code == 400


async def test_an_unknown_pose_is_not_found(signed_in: httpx.AsyncClient, path: str) -> None:
    for address in (f"{path}.png?pose=no-such-pose", f"{path}.mp4?pose=no-such-pose"):
        answer = await signed_in.get(address)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_nobody_sees_somebody_elses_avatar(
    world: World, signed_in: httpx.AsyncClient, path: str
) -> None:
    stranger = {"Authorization": f"Bearer {await world.token_of('eve@example.org')}"}
    for suffix in ("png", "webp", "jpg", "mp4"):
        assert (await signed_in.get(f"{path}.{suffix}", headers=stranger)).status_code == 404
        assert (await signed_in.get(f"{path}.{suffix}", headers={"Authorization": ""})).status_code == 401
