"""Photos of people who do not exist, as the platform's users send them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import httpx
import numpy as np
from PIL import Image

from photos.encode import jpeg
from training.face.draws import draw_setting, draw_sitter
from training.face.render import Studio

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "models"
AVATARS = ROOT / "docs" / "pictures" / "avatars.png"
YAWS_DEG = {"front": 0.0, "left": -35.0, "right": 35.0}
Album = Mapping[str, bytes]


def rendered(seed: int) -> Album:
    """JPEGs of one head by slot; another seed is another person."""
    rng = np.random.default_rng(seed)
    seated = Studio(MODELS).seat(draw_sitter(rng), rng)
    return {
        slot: jpeg(seated.shoot(draw_setting(rng, yaw_deg=yaw, pitch_deg=0.0, roll_deg=0.0), rng).pixels)
        for slot, yaw in YAWS_DEG.items()
    }


def whole_person() -> bytes:
    """PNG of somebody from head to foot: the leftmost of four avatars."""
    whole = Image.open(AVATARS).convert("RGB")
    file = io.BytesIO()
    whole.crop((0, 0, whole.width // 4, whole.height)).save(file, "PNG")
    return file.getvalue()


def beside_each_other(photo: bytes) -> bytes:
    """JPEG of two people, who look alike."""
    one = np.asarray(Image.open(io.BytesIO(photo)))
    return jpeg(np.concatenate([one, one], axis=1))


def consent(client: httpx.Client) -> str:
    """The version of the policy on photos of faces, to which the person has consented now."""
    policies = client.get("/v1/consents/policies").raise_for_status().json()["data"]
    version = next(each["version"] for each in policies if each["purpose"] == "face_photos")
    draft = {"purpose": "face_photos", "policyVersion": version, "given": True}
    client.post("/v1/me/consents", json=draft).raise_for_status()
    return str(version)


def files(album: Album) -> dict[str, tuple[str, bytes, str]]:
    """The files of a form."""
    return {slot: (f"{slot}.jpg", data, "image/jpeg") for slot, data in album.items()}
