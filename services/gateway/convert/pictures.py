"""Pictures and videos: a query to the message that says which one is wanted."""

from __future__ import annotations

import re
from collections.abc import Mapping

from atelier.catalog.v1 import poses_pb2
from atelier.common.v1 import body_pb2
from atelier.common.v1 import picture_pb2 as pb
from atelierkit.errors import FieldFault, InvalidInput
from bodymodel.expressions import EXPRESSIONS
from services.gateway.convert.files import UnknownMorphTarget
from services.gateway.schemas import pictures as shapes

FORMATS: Mapping[shapes.Format, pb.PictureFormat.ValueType] = {
    "png": pb.PICTURE_FORMAT_PNG,
    "webp": pb.PICTURE_FORMAT_WEBP,
    "jpg": pb.PICTURE_FORMAT_JPEG,
}
MEDIA_TYPES: Mapping[shapes.Format, str] = {"png": "image/png", "webp": "image/webp", "jpg": "image/jpeg"}
_CAMERAS: Mapping[shapes.Camera, pb.Camera.ValueType] = {
    "portrait": pb.CAMERA_PORTRAIT,
    "fullbody": pb.CAMERA_FULL_BODY,
    "fit": pb.CAMERA_FULL_BODY,
    "side": pb.CAMERA_SIDE,
    "back": pb.CAMERA_BACK,
}
STYLES: Mapping[shapes.Style, pb.Style.ValueType] = {
    "realistic": pb.STYLE_REALISTIC,
    "cartoon": pb.STYLE_CARTOON,
    "anime": pb.STYLE_ANIME,
}
STYLE_NAMES: Mapping[int, shapes.Style] = {style: name for name, style in STYLES.items()}
BODY_TYPES: Mapping[shapes.BodyType, body_pb2.BodyType.ValueType] = {
    "feminine": body_pb2.BODY_TYPE_FEMININE,
    "masculine": body_pb2.BODY_TYPE_MASCULINE,
    "neutral": body_pb2.BODY_TYPE_NEUTRAL,
}


def _both(**shares: float) -> dict[str, float]:
    """Shapes of both sides of the face, by what they are called without the side."""
    return {f"{name}{side}": share for name, share in shares.items() for side in ("Left", "Right")}


FACES: Mapping[shapes.Expression, Mapping[str, float]] = {
    "happy": _both(mouthSmile=0.7, mouthDimple=0.2, cheekSquint=0.4, eyeSquint=0.2) | {"browInnerUp": 0.1},
    "lol": _both(mouthSmile=0.9, cheekSquint=0.7, eyeSquint=0.6, mouthUpperUp=0.3) | {"jawOpen": 0.5},
    "sad": _both(mouthFrown=0.7, browDown=0.1, eyeSquint=0.15, eyeLookDown=0.2)
    | {"browInnerUp": 0.8, "mouthShrugLower": 0.3},
    "scared": _both(eyeWide=0.8, mouthStretch=0.5, browOuterUp=0.3) | {"browInnerUp": 0.9, "jawOpen": 0.25},
    "rage": _both(browDown=0.9, noseSneer=0.7, mouthFrown=0.4, mouthUpperUp=0.4, eyeSquint=0.4)
    | {"jawOpen": 0.15},
}
"""Ready Player Me's expressions, as mixtures of face shapes."""
SAME_SHAPES: Mapping[str, tuple[str, ...]] = {
    "mouthOpen": ("jawOpen",),
    "mouthSmile": ("mouthSmileLeft", "mouthSmileRight"),
}
"""Ready Player Me's two shapes that are none of ARKit's."""
REST_POSE = "A"
SPIRITS: Mapping[str, tuple[str, ...]] = {
    "power-stance": ("wide", "hand-on-hip"),
    "relaxed": ("casual",),
    "standing": ("model-stance",),
    "thumbs-up": ("greeting",),
}
"""Ready Player Me's poses: tags of standing poses in their spirit, of which the catalogue's first is taken."""

_TRANSPARENT = "transparent"
_COLOR = re.compile(r"#?([0-9a-fA-F]{6})")
_NUMBER = re.compile(r"\d{1,3}")
_OWN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BACKGROUNDS = "rrggbb, r,g,b of 0 to 255, rrggbb,rrggbb, the UUID of one of your own"


def picture_options(format: shapes.Format, query: shapes.PictureQuery) -> pb.PictureOptions:
    """Which picture is wanted. InvalidInput for a background that is none, UnknownMorphTarget."""
    options = _drawn(query, transparent=format != "jpg")
    options.format = FORMATS[format]
    options.size = query.size or 0
    if format != "png":
        # 0 is the worst where programs come from, and says nothing here.
        options.quality = 0 if query.quality is None else max(1, query.quality)
    return options


def video_options(query: shapes.VideoQuery) -> pb.VideoOptions:
    """Which video is wanted; as picture_options."""
    options = _drawn(query, transparent=False)
    options.size = query.size or 0
    return pb.VideoOptions(picture=options, seconds=query.seconds or 0, frame_rate=query.fps or 0)


def spirit(name: str) -> poses_pb2.ListPosesRequest | None:
    """What finds the pose that one of Ready Player Me's stands for; None for other poses."""
    if name not in SPIRITS:
        return None
    return poses_pb2.ListPosesRequest(category="standing", tags=SPIRITS[name], page_size=1)


def background(text: str | None, *, transparent: bool) -> pb.Background | None:
    """What stands behind; None for the default. InvalidInput."""
    if text is None:
        return None
    if text == _TRANSPARENT and transparent:
        return pb.Background(transparent=True)
    if _OWN.fullmatch(text):
        return pb.Background(own_id=text)
    parts = text.split(",")
    if len(parts) == 3 and all(_NUMBER.fullmatch(part) and int(part) <= 255 for part in parts):
        return pb.Background(color=f"#{bytes(map(int, parts)).hex()}")
    colors = [f"#{matched[1].lower()}" for matched in map(_COLOR.fullmatch, parts) if matched]
    if len(colors) == len(parts) == 1:
        return pb.Background(color=colors[0])
    if len(colors) == len(parts) == 2:
        return pb.Background(gradient=pb.Gradient(top=colors[0], bottom=colors[1]))
    message = "this is no background"
    offered = f"{_BACKGROUNDS}, {_TRANSPARENT}" if transparent else _BACKGROUNDS
    raise InvalidInput(message, faults=[FieldFault("background", "not_offered", message, offered)])


def _drawn(query: shapes.DrawnQuery, *, transparent: bool) -> pb.PictureOptions:
    return pb.PictureOptions(
        camera=_CAMERAS[query.camera or "fullbody"],
        style=STYLES[query.style or "realistic"],
        background=background(query.background, transparent=transparent),
        face_shapes=_face(query),
    )


def _face(query: shapes.DrawnQuery) -> dict[str, float]:
    """How far each face shape is moved. Raise UnknownMorphTarget."""
    moved = dict(FACES[query.expression]) if query.expression else {}
    for name, share in query.blend_shapes.items():
        if name not in EXPRESSIONS and name not in SAME_SHAPES:
            message = "there is no such face shape"
            offered = ", ".join([*SAME_SHAPES, *EXPRESSIONS])
            fault = FieldFault(f"{shapes.SHAPES}[{name}]", "not_offered", message, offered)
            raise UnknownMorphTarget(message, faults=[fault])
        moved.update(dict.fromkeys(SAME_SHAPES.get(name, (name,)), share))
    return moved
