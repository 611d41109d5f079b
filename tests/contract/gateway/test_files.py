"""An avatar as a file: what a query asks the generator for, and what is refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from atelier.common.v1 import file_pb2 as pb
from atelierkit.errors import FieldFault
from bodymodel.expressions import ARKIT, EXPRESSIONS, VISEMES
from services.gateway.convert.files import FORMATS, UnknownMorphTarget
from services.gateway.schemas.files import TEXTURE_CHANNELS, GlbQuery
from services.gateway.schemas.pictures import POSE
from tests.contract.gateway.conftest import GLB, World

DRAFT = {"measurements": {}, "bodyType": "neutral"}
RPM = "quality=medium&morphTargets=ARKit,Oculus%20Visemes&useMeshOptCompression=true&textureAtlas=1024&pose=A"


@pytest.fixture
async def path(signed_in: httpx.AsyncClient) -> str:
    """Where an avatar lies."""
    made: str = (await signed_in.post("/v1/avatars", json=DRAFT)).json()["links"]["self"]
    return made


def glb(**over: Any) -> pb.FileOptions:
    plain = {
        "format": pb.FILE_FORMAT_GLB,
        "parts": pb.PARTS_ALL,
        "compression": pb.COMPRESSION_NONE,
    }
    return pb.FileOptions(**{**plain, **over})


@pytest.mark.parametrize("format", FORMATS)
async def test_a_file_is_streamed_once_and_then_known(
    world: World, signed_in: httpx.AsyncClient, path: str, format: Any
) -> None:
    file = await signed_in.get(f"{path}.{format}")
    assert (file.status_code, file.content) == (200, GLB)
    assert file.headers["content-type"] == world.generator.glb.media_type
    assert file.headers["etag"] == f'"{world.generator.glb.sha256}"'
    extension = "zip" if format == "obj" else format
    avatar_id = path.rpartition("/")[2]
    assert file.headers["content-disposition"] == f'attachment; filename="avatar-{avatar_id}.{extension}"'
    for tag in (file.headers["etag"], f'"other", W/{file.headers["etag"]}', "*"):
        known = await signed_in.get(f"{path}.{format}", headers={"If-None-Match": tag})
        assert (known.status_code, known.content) == (304, b"")
    assert [options.format for options in world.generator.files] == [FORMATS[format]] * 4


@pytest.mark.parametrize(
    ("query", "options"),
    [
        ("", glb()),
        ("parts=body&lod=3&pose=T", glb(parts=pb.PARTS_BODY, lod=3, pose=pb.REST_POSE_T)),
        ("meshLod=2", glb(lod=2)),
        ("lod=1&meshLod=1", glb(lod=1)),
        ("textureSize=2048", glb(texture_size=2048)),
        ("textureSizeLimit=512&textureAtlas=none", glb(texture_size=512)),
        ("textureAtlas=256", glb(texture_atlas=256)),
        ("compression=draco", glb(compression=pb.COMPRESSION_DRACO)),
        ("useDracoMeshCompression=true", glb(compression=pb.COMPRESSION_DRACO)),
        ("useMeshOptCompression=true&useDracoMeshCompression=false", glb(compression=pb.COMPRESSION_MESHOPT)),
        ("compression=meshopt&useMeshOptCompression=true", glb(compression=pb.COMPRESSION_MESHOPT)),
        ("useMeshOptCompression=false&useDracoMeshCompression=false", glb()),
        ("morphTargets=none", glb()),
        ("morphTargets=ARKit", glb(morph_targets=ARKIT)),
        ("morphTargets=Oculus+Visemes", glb(morph_targets=VISEMES)),
        ("morphTargets=Oculus%20Visemes,ARKit", glb(morph_targets=EXPRESSIONS)),
        ("morphTargets=viseme_aa,%20jawOpen,viseme_aa", glb(morph_targets=["jawOpen", "viseme_aa"])),
        ("morphTargets=ARKit,jawOpen", glb(morph_targets=ARKIT)),
        ("useHands=true&textureFormat=png&textureQuality=80&textureChannels=normal,baseColor", glb()),
        ("quality=low", glb(lod=2, texture_size=256, texture_atlas=256)),
        ("quality=medium", glb(lod=1, texture_size=512, texture_atlas=512)),
        ("quality=high", glb(texture_size=1024, texture_atlas=1024)),
        ("quality=low&lod=0&textureAtlas=none&textureSizeLimit=1024", glb(texture_size=1024)),
        (
            RPM,
            glb(
                pose=pb.REST_POSE_A,
                lod=1,
                morph_targets=EXPRESSIONS,
                texture_size=512,
                texture_atlas=1024,
                compression=pb.COMPRESSION_MESHOPT,
            ),
        ),
    ],
)
async def test_a_query_asks_for_one_file(
    world: World, signed_in: httpx.AsyncClient, path: str, query: str, options: pb.FileOptions
) -> None:
    assert (await signed_in.get(f"{path}.glb?{query}")).status_code == 200
    assert world.generator.files == [options]


@pytest.mark.parametrize("format", ["usdz", "obj", "ply", "stl"])
async def test_a_preset_gives_each_format_what_it_can_hold(
    world: World, signed_in: httpx.AsyncClient, path: str, format: Any
) -> None:
    assert (await signed_in.get(f"{path}.{format}?quality=low")).status_code == 200
    sizes = {"texture_size": 256, "texture_atlas": 256} if format in {"usdz", "obj"} else {}
    assert world.generator.files == [
        pb.FileOptions(format=FORMATS[format], parts=pb.PARTS_ALL, lod=2, **sizes)  # type: ignore[arg-type]
    ]


async def test_a_vrm_takes_face_shapes_and_its_own_pose(
    world: World, signed_in: httpx.AsyncClient, path: str
) -> None:
    assert (await signed_in.get(f"{path}.vrm?pose=T&morphTargets=jawOpen&textureSize=512")).status_code == 200
    assert world.generator.files == [
        pb.FileOptions(
            format=pb.FILE_FORMAT_VRM,
            parts=pb.PARTS_ALL,
            pose=pb.REST_POSE_T,
            morph_targets=["jawOpen"],
            texture_size=512,
        )
    ]


@pytest.mark.parametrize(
    ("query", "rest", "pose"),
    [
        ("glb", pb.REST_POSE_UNSPECIFIED, ""),
        ("glb?pose=A", pb.REST_POSE_A, ""),
        ("obj?pose=contrapposto-012", pb.REST_POSE_UNSPECIFIED, "contrapposto-012"),
        ("vrm?pose=0b0f2a3e-7a54-4c26-9a0c-0d2c8a3c9a11", 0, "0b0f2a3e-7a54-4c26-9a0c-0d2c8a3c9a11"),
    ],
)
async def test_a_file_is_had_in_a_pose_in_a_rest_pose_and_in_the_avatars_own(
    world: World,
    signed_in: httpx.AsyncClient,
    path: str,
    query: str,
    rest: pb.RestPose.ValueType,
    pose: str,
) -> None:
    assert (await signed_in.get(f"{path}.{query}")).status_code == 200
    assert [file.pose for file in world.generator.files] == [rest]
    assert world.generator.poses == [pose]


async def test_an_unknown_pose_is_answered_in_the_querys_name(
    world: World, signed_in: httpx.AsyncClient, path: str
) -> None:
    answer = await signed_in.get(f"{path}.glb?pose=moonwalk")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert [detail["field"] for detail in answer.json()["details"]] == ["pose"]


async def test_an_avatar_has_a_pose_of_its_own(signed_in: httpx.AsyncClient) -> None:
    draft = {"bodyType": "feminine", "pose": "seated-004"}
    made = (await signed_in.post("/v1/avatars", json=draft)).json()
    assert made["recipe"]["pose"] == "seated-004"
    address = f"/v1/avatars/{made['id']}"
    other = await signed_in.patch(address, json={"pose": "walking-001"})
    assert other.json()["recipe"]["pose"] == "walking-001"
    same = await signed_in.patch(address, json={"look": {"hairstyle": "bob"}})
    assert same.json()["recipe"]["pose"] == "walking-001"
    assert (await signed_in.patch(address, json={"pose": ""})).json()["recipe"]["pose"] is None
    refused = await signed_in.patch(address, json={"pose": "A"})
    assert [detail["field"] for detail in refused.json()["details"]] == ["pose"]


ALL_NAMES = ", ".join(GlbQuery.names())
SHAPE_NAMES = "parts, pose, lod, meshLod, quality"
PAINTED_NAMES = f"{SHAPE_NAMES}, textureSize, textureSizeLimit, textureAtlas"
SIZES = "'256', '512', '1024' or '2048'"


@pytest.mark.attack("A41")
@pytest.mark.parametrize(
    ("file", "faults"),
    [
        ("glb?lod=4", {"lod": ("not_offered", "'0', '1', '2' or '3'")}),
        ("glb?lod=-1", {"lod": ("not_offered", "'0', '1', '2' or '3'")}),
        ("glb?lod=1.0", {"lod": ("not_offered", "'0', '1', '2' or '3'")}),
        ("glb?lod=", {"lod": ("not_offered", "'0', '1', '2' or '3'")}),
        ("glb?useHands=false", {"useHands": ("not_offered", "'true'")}),
        ("glb?textureFormat=webp", {"textureFormat": ("not_offered", "'png'")}),
        ("glb?textureQuality=101", {"textureQuality": ("out_of_range", "100")}),
        ("glb?textureChannels=normal", {"textureChannels": ("invalid_format", TEXTURE_CHANNELS)}),
        ("glb?pose=Seated", {"pose": ("invalid_format", rf"^(A|T|{POSE})$")}),
        ("glb?textureSize=4096", {"textureSize": ("not_offered", SIZES)}),
        ("glb?textureSizeLimit=300", {"textureSizeLimit": ("not_offered", SIZES)}),
        ("glb?textureAtlas=2048", {"textureAtlas": ("not_offered", "'none', '256', '512' or '1024'")}),
        ("glb?compression=gzip", {"compression": ("not_offered", "'none', 'meshopt' or 'draco'")}),
        ("glb?useMeshOptCompression=yes", {"useMeshOptCompression": ("not_offered", "'true' or 'false'")}),
        ("glb?quality=best", {"quality": ("not_offered", "'low', 'medium' or 'high'")}),
        ("glb?parts=hands", {"parts": ("not_offered", "'all' or 'body'")}),
        ("glb?morphtargets=ARKit", {"morphtargets": ("unknown_field", ALL_NAMES)}),
        ("glb?texturesize=512", {"texturesize": ("unknown_field", ALL_NAMES)}),
        ("glb?elsewhere=1", {"elsewhere": ("unknown_field", ALL_NAMES)}),
        ("glb?lod=1&lod=2", {"lod": ("duplicate_field", "once")}),
        ("glb?lod=1&meshLod=2", {"lod": ("contradiction", "meshLod"), "meshLod": ("contradiction", "lod")}),
        (
            "glb?textureSize=512&textureSizeLimit=256",
            {
                "textureSize": ("contradiction", "textureSizeLimit"),
                "textureSizeLimit": ("contradiction", "textureSize"),
            },
        ),
        (
            "glb?useMeshOptCompression=true&useDracoMeshCompression=true",
            {
                "useDracoMeshCompression": ("contradiction", "useMeshOptCompression"),
                "useMeshOptCompression": ("contradiction", "useDracoMeshCompression"),
            },
        ),
        (
            "glb?compression=none&useDracoMeshCompression=true",
            {
                "compression": ("contradiction", "useDracoMeshCompression"),
                "useDracoMeshCompression": ("contradiction", "compression"),
            },
        ),
        (
            "glb?compression=draco&useDracoMeshCompression=false",
            {
                "compression": ("contradiction", "useDracoMeshCompression"),
                "useDracoMeshCompression": ("contradiction", "compression"),
            },
        ),
        ("vrm?pose=A", {"pose": ("invalid_format", rf"^(T|{POSE})$")}),
        ("vrm?compression=draco", {"compression": ("not_offered", f"{PAINTED_NAMES}, morphTargets")}),
        ("usdz?morphTargets=ARKit", {"morphTargets": ("not_offered", PAINTED_NAMES)}),
        ("obj?useMeshOptCompression=true", {"useMeshOptCompression": ("not_offered", PAINTED_NAMES)}),
        ("ply?textureSize=512", {"textureSize": ("not_offered", SHAPE_NAMES)}),
        ("stl?morphTargets=ARKit", {"morphTargets": ("not_offered", SHAPE_NAMES)}),
        (
            "stl?lod=9&colour=red",
            {"lod": ("not_offered", "'0', '1', '2' or '3'"), "colour": ("unknown_field", SHAPE_NAMES)},
        ),
    ],
)
async def test_a_query_that_makes_no_sense_is_refused_by_name(
    world: World, signed_in: httpx.AsyncClient, path: str, file: str, faults: dict[str, tuple[str, str]]
) -> None:
    answer = await signed_in.get(f"{path}.{file}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_argument"), answer.text
    told = {detail["field"]: (detail["code"], detail["limit"]) for detail in answer.json()["details"]}
    assert told == faults
    assert world.generator.files == []


@pytest.mark.parametrize(
    "names", ["arkit", "ARKit,jawopen", "mouthSmile", "", "ARKit,", "oculus visemes", "x" * 5000]
)
async def test_a_face_shape_that_there_is_not_is_answered_with_those_there_are(
    world: World, signed_in: httpx.AsyncClient, path: str, names: str
) -> None:
    answer = await signed_in.get(f"{path}.glb", params={"morphTargets": names})
    body = answer.json()
    assert (answer.status_code, body["code"]) == (400, "unknown_morph_target")
    (detail,) = body["details"]
    assert (detail["field"], detail["code"]) == ("morphTargets", "not_offered")
    assert detail["limit"].split(", ") == ["ARKit", "Oculus Visemes", "none", *EXPRESSIONS]
    assert world.generator.files == []


@pytest.mark.parametrize(
    ("language", "text"), [("en", "There is no such face shape."), ("fr", "Aucune expression du visage")]
)
async def test_a_refusal_of_the_mesher_speaks_of_the_query(
    world: World, signed_in: httpx.AsyncClient, path: str, language: str, text: str
) -> None:
    fault = FieldFault("file.morph_targets[3]", "not_offered", "no such face shape", "jawOpen")
    world.generator.failure = UnknownMorphTarget("no such face shape", faults=[fault])
    answer = await signed_in.get(f"{path}.glb", headers={"Accept-Language": language})
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_morph_target")
    assert answer.json()["details"][0]["field"] == "morphTargets[3]"
    assert answer.json()["error"].startswith(text)


async def test_the_caller_is_asked_for_before_the_query_is_read(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/avatars/00000000-0000-4000-8000-000000000000.stl?lod=9")
    assert answer.status_code == 401
