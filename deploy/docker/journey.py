"""What a person does with the platform, asked of the running images: a page, an account, an avatar, its file and picture, a scan."""

from __future__ import annotations

import io
import json
import struct
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError

import numpy as np
from PIL import Image

from deploy.docker.buildah import ImagesFailed

TIMEOUT_S = 150.0
AVATAR = {"bodyType": "feminine", "measurements": {"stature": 1662, "waist_girth": 815, "hip_girth": 1005}}
LARGEST_ERROR_MM = 1.0
PICTURE = "size=512&camera=portrait"
FEWEST_COLORS = 5_000
"""Of a person who was drawn; a backdrop alone has a few hundred."""
_PERSON = {"email": "ada@example.org", "password": "tape & chalk, twice"}


@dataclass(frozen=True)
class Journey:
    """What came back."""

    glb_bytes: int
    largest_error_mm: float
    """Of the measurements that were asked for, as the tape reads them on the finished mesh."""
    picture_colors: int
    scan_vertices: int


def walk(url: str) -> Journey:
    """Go the whole way; ImagesFailed where an answer is not what it should be."""
    if b"<script" not in _ask(url, "/"):
        raise ImagesFailed("The gateway's image serves no web page.")
    _send(url, "/v1/auth/signup", _PERSON)
    token = json.loads(_send(url, "/v1/auth/login", _PERSON))["accessToken"]
    avatar = json.loads(_send(url, "/v1/avatars", AVATAR, token))
    asked = [line for line in avatar["receipt"]["measurements"] if line["source"] == "asked"]
    error_mm = max(abs(line["deliveredMm"] - line["askedMm"]) for line in asked)
    if len(asked) != len(AVATAR["measurements"]) or error_mm > LARGEST_ERROR_MM:
        raise ImagesFailed(f"The avatar misses what was asked for by {error_mm:.2f} mm.")
    glb_bytes = _glb_bytes(_ask(url, avatar["links"]["glb"], token))
    colors = _colors(_ask(url, f"/v1/avatars/{avatar['id']}.png?{PICTURE}", token))
    return Journey(glb_bytes, error_mm, colors, _scan_vertices(url, token))


def _glb_bytes(file: bytes) -> int:
    magic, _, length = struct.unpack("<4sII", file[:12])
    if magic != b"glTF" or length != len(file):
        raise ImagesFailed("The avatar's file is no GLB.")
    return len(file)


def _colors(file: bytes) -> int:
    """Different colours of a picture: the mesher's image has a driver, and it drew somebody."""
    with Image.open(io.BytesIO(file)) as picture:
        colors = len(np.unique(np.asarray(picture).reshape(-1, len(picture.getbands())), axis=0))
    if colors < FEWEST_COLORS:
        raise ImagesFailed(f"The avatar's picture has {colors} colours: nobody was drawn.")
    return colors


def _scan_vertices(url: str, token: str) -> int:
    """Vertices of the surface round a scanned egg: a thing that is no person, so Open3D alone can close it."""
    directions = np.random.default_rng(7).normal(size=(20_000, 3))
    points = directions / np.linalg.norm(directions, axis=1, keepdims=True) * (0.3, 0.9, 0.3)
    cloud = "\n".join(" ".join(f"{value:.5f}" for value in point) for point in points).encode()
    scan = json.loads(_ask(url, "/v1/clouds?format=xyz", token, cloud, "text/plain"))
    header = _ask(url, scan["links"]["mesh"], token)[:400].decode("ascii", errors="replace")
    return int(header.partition("element vertex ")[2].split()[0])


def _send(url: str, path: str, message: dict[str, Any], token: str | None = None) -> bytes:
    return _ask(url, path, token, json.dumps(message).encode(), "application/json")


def _ask(
    url: str, path: str, token: str | None = None, body: bytes | None = None, media_type: str | None = None
) -> bytes:
    """The body of the answer: to a GET, or to a POST where there is something to send."""
    headers = {"Authorization": f"Bearer {token}" if token else None, "Content-Type": media_type}
    request = urllib.request.Request(  # noqa: S310  our own http URL
        url + path, data=body, headers={name: value for name, value in headers.items() if value}
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310  our own http URL
            return bytes(answer.read())
    except HTTPError as error:
        raise ImagesFailed(
            f"{path} answers {error.code}: {error.read(500).decode(errors='replace')}"
        ) from error
