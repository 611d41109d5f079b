"""Every operation of the API: a function makes a call, and `Atelier.call` sends it.

Written by `make clients`; edits are lost.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from atelier_client import shapes
from atelier_client.calls import Call, JsonObject, Upload, path


def accounts_sign_up(body: shapes.Credentials | JsonObject) -> Call[shapes.Account]:
    """Make an account."""
    return Call("POST", "/v1/auth/signup", shapes.Account, body=body)


def accounts_log_in(body: shapes.Credentials | JsonObject) -> Call[shapes.Tokens]:
    """Start a session."""
    return Call("POST", "/v1/auth/login", shapes.Tokens, body=body)


def accounts_refresh(body: shapes.RefreshToken | JsonObject) -> Call[shapes.Tokens]:
    """Renew the tokens of a session."""
    return Call("POST", "/v1/auth/refresh", shapes.Tokens, body=body)


def accounts_log_out(body: shapes.RefreshToken | JsonObject) -> Call[None]:
    """End a session."""
    return Call("POST", "/v1/auth/logout", type(None), body=body)


def accounts_me() -> Call[shapes.Account]:
    """The caller's account."""
    return Call("GET", "/v1/me", shapes.Account)


def people_update_me(body: shapes.ProfileChange | JsonObject) -> Call[shapes.Account]:
    """Change name and language."""
    return Call("PATCH", "/v1/me", shapes.Account, body=body)


def people_delete_me(body: shapes.AccountEnd | JsonObject) -> Call[None]:
    """Delete the account and all that belongs to it."""
    return Call("DELETE", "/v1/me", type(None), body=body)


def people_verify_email(body: shapes.EmailProof | JsonObject) -> Call[None]:
    """Prove an address with the link of a letter."""
    return Call("POST", "/v1/auth/email/verify", type(None), body=body)


def people_resend_verification() -> Call[None]:
    """Have that letter written again."""
    return Call("POST", "/v1/auth/email/resend", type(None))


def people_forgot_password(body: shapes.Forgotten | JsonObject) -> Call[None]:
    """Have a letter written to set a new password with."""
    return Call("POST", "/v1/auth/password/forgot", type(None), body=body)


def people_reset_password(body: shapes.NewPassword | JsonObject) -> Call[None]:
    """Set a new password with the link of a letter; all sessions end."""
    return Call("POST", "/v1/auth/password/reset", type(None), body=body)


def people_change_password(body: shapes.PasswordChange | JsonObject) -> Call[None]:
    """Set a new password; all other sessions end."""
    return Call("POST", "/v1/me/password", type(None), body=body)


def people_list_sessions() -> Call[shapes.Sessions]:
    """Where the caller is logged in."""
    return Call("GET", "/v1/me/sessions", shapes.Sessions)


def people_end_other_sessions() -> Call[None]:
    """End all other sessions."""
    return Call("DELETE", "/v1/me/sessions", type(None))


def people_end_session(id: str) -> Call[None]:
    """End one session."""
    return Call("DELETE", path("/v1/me/sessions/{id}", id=id), type(None))


def export_export() -> Call[bytes]:
    """Everything that is known of the caller."""
    return Call("GET", "/v1/me/export", bytes)


def api_keys_create(body: shapes.ApiKeyDraft | JsonObject) -> Call[shapes.NewApiKey]:
    """Make an API key."""
    return Call("POST", "/v1/api-keys", shapes.NewApiKey, body=body)


def api_keys_show() -> Call[shapes.ApiKeys]:
    """The caller's API keys."""
    return Call("GET", "/v1/api-keys", shapes.ApiKeys)


def api_keys_revoke(id: str) -> Call[None]:
    """Revoke an API key."""
    return Call("DELETE", path("/v1/api-keys/{id}", id=id), type(None))


def consents_record(body: shapes.ConsentDraft | JsonObject) -> Call[shapes.Consent]:
    """Consent to a policy, or take it back."""
    return Call("POST", "/v1/me/consents", shapes.Consent, body=body)


def consents_page(*, limit: int | None = None, cursor: str | None = None) -> Call[shapes.ConsentPage]:
    """The caller's consents.

    limit: At most this many.
    cursor: `nextCursor` of the page before.
    """
    return Call("GET", "/v1/me/consents", shapes.ConsentPage, query={"limit": limit, "cursor": cursor})


def consents_policies() -> Call[shapes.Policies]:
    """The policies in force."""
    return Call("GET", "/v1/consents/policies", shapes.Policies)


def measurements_estimate(body: shapes.Person | JsonObject) -> Call[shapes.Estimates]:
    """Estimate the measurements that are missing."""
    return Call("POST", "/v1/measurements/estimate", shapes.Estimates, body=body)


def files_glb(
    id: str,
    *,
    parts: Literal["all", "body"] | None = None,
    pose: str | None = None,
    lod: Literal["0", "1", "2", "3"] | None = None,
    mesh_lod: Literal["0", "1", "2", "3"] | None = None,
    quality: Literal["low", "medium", "high"] | None = None,
    texture_size: Literal["256", "512", "1024", "2048"] | None = None,
    texture_size_limit: Literal["256", "512", "1024", "2048"] | None = None,
    texture_atlas: Literal["none", "256", "512", "1024"] | None = None,
    morph_targets: str | None = None,
    compression: Literal["none", "meshopt", "draco"] | None = None,
    use_draco_mesh_compression: Literal["true", "false"] | None = None,
    use_mesh_opt_compression: Literal["true", "false"] | None = None,
    use_hands: Literal["true"] | None = None,
    texture_format: Literal["png"] | None = None,
    texture_quality: int | None = None,
    texture_channels: str | None = None,
) -> Call[bytes]:
    """The avatar as GLB.

    parts: `body`: the whole body alone, nothing left out, for measuring.
    pose: `A`, arms at 45 degrees, or `T`, arms level, for the rest pose; a pose of the catalogue, or the UUID of one of your own. The avatar's own pose by default, `A` where it has none.
    lod: Level of detail of the whole avatar, `0`, the default, for the finest.
    mesh_lod: The same as `lod`.
    quality: A level of detail with sizes of pictures to go with it; what is given beside it counts.
    texture_size: Longest side of any picture, in pixels; each picture's own where it is left out.
    texture_size_limit: The same as `textureSize`.
    texture_atlas: Makes all meshes one, with one picture of this side; `none`, the default, keeps them apart.
    morph_targets: Face shapes, comma-separated: `ARKit`, `Oculus Visemes`, `none` or single names.
    compression: How geometry is compressed: `none`, the default, `meshopt` or `draco`, which leaves face shapes as they are.
    use_draco_mesh_compression: `true`: the same as `compression=draco`.
    use_mesh_opt_compression: `true`: the same as `compression=meshopt`.
    use_hands: Every avatar has hands.
    texture_format: Pictures are PNG.
    texture_quality: PNG loses nothing, so every quality is the best.
    texture_channels: Channels of materials that may be there, comma-separated; ours have `baseColor`, which must be among them.
    """
    return Call(
        "GET",
        path("/v1/avatars/{id}.glb", id=id),
        bytes,
        query={
            "parts": parts,
            "pose": pose,
            "lod": lod,
            "meshLod": mesh_lod,
            "quality": quality,
            "textureSize": texture_size,
            "textureSizeLimit": texture_size_limit,
            "textureAtlas": texture_atlas,
            "morphTargets": morph_targets,
            "compression": compression,
            "useDracoMeshCompression": use_draco_mesh_compression,
            "useMeshOptCompression": use_mesh_opt_compression,
            "useHands": use_hands,
            "textureFormat": texture_format,
            "textureQuality": texture_quality,
            "textureChannels": texture_channels,
        },
    )


def files_vrm(
    id: str,
    *,
    parts: Literal["all", "body"] | None = None,
    pose: str | None = None,
    lod: Literal["0", "1", "2", "3"] | None = None,
    mesh_lod: Literal["0", "1", "2", "3"] | None = None,
    quality: Literal["low", "medium", "high"] | None = None,
    texture_size: Literal["256", "512", "1024", "2048"] | None = None,
    texture_size_limit: Literal["256", "512", "1024", "2048"] | None = None,
    texture_atlas: Literal["none", "256", "512", "1024"] | None = None,
    morph_targets: str | None = None,
) -> Call[bytes]:
    """The avatar as VRM 1.0.

    parts: `body`: the whole body alone, nothing left out, for measuring.
    pose: `T`, VRM's own rest pose; a pose of the catalogue, or the UUID of one of your own. The avatar's own pose by default.
    lod: Level of detail of the whole avatar, `0`, the default, for the finest.
    mesh_lod: The same as `lod`.
    quality: A level of detail with sizes of pictures to go with it; what is given beside it counts.
    texture_size: Longest side of any picture, in pixels; each picture's own where it is left out.
    texture_size_limit: The same as `textureSize`.
    texture_atlas: Makes all meshes one, with one picture of this side; `none`, the default, keeps them apart.
    morph_targets: Face shapes, comma-separated: `ARKit`, `Oculus Visemes`, `none` or single names.
    """
    return Call(
        "GET",
        path("/v1/avatars/{id}.vrm", id=id),
        bytes,
        query={
            "parts": parts,
            "pose": pose,
            "lod": lod,
            "meshLod": mesh_lod,
            "quality": quality,
            "textureSize": texture_size,
            "textureSizeLimit": texture_size_limit,
            "textureAtlas": texture_atlas,
            "morphTargets": morph_targets,
        },
    )


def files_usdz(
    id: str,
    *,
    parts: Literal["all", "body"] | None = None,
    pose: str | None = None,
    lod: Literal["0", "1", "2", "3"] | None = None,
    mesh_lod: Literal["0", "1", "2", "3"] | None = None,
    quality: Literal["low", "medium", "high"] | None = None,
    texture_size: Literal["256", "512", "1024", "2048"] | None = None,
    texture_size_limit: Literal["256", "512", "1024", "2048"] | None = None,
    texture_atlas: Literal["none", "256", "512", "1024"] | None = None,
) -> Call[bytes]:
    """The avatar as USDZ, for AR Quick Look.

    parts: `body`: the whole body alone, nothing left out, for measuring.
    pose: `A`, arms at 45 degrees, or `T`, arms level, for the rest pose; a pose of the catalogue, or the UUID of one of your own. The avatar's own pose by default, `A` where it has none.
    lod: Level of detail of the whole avatar, `0`, the default, for the finest.
    mesh_lod: The same as `lod`.
    quality: A level of detail with sizes of pictures to go with it; what is given beside it counts.
    texture_size: Longest side of any picture, in pixels; each picture's own where it is left out.
    texture_size_limit: The same as `textureSize`.
    texture_atlas: Makes all meshes one, with one picture of this side; `none`, the default, keeps them apart.
    """
    return Call(
        "GET",
        path("/v1/avatars/{id}.usdz", id=id),
        bytes,
        query={
            "parts": parts,
            "pose": pose,
            "lod": lod,
            "meshLod": mesh_lod,
            "quality": quality,
            "textureSize": texture_size,
            "textureSizeLimit": texture_size_limit,
            "textureAtlas": texture_atlas,
        },
    )


def files_obj(
    id: str,
    *,
    parts: Literal["all", "body"] | None = None,
    pose: str | None = None,
    lod: Literal["0", "1", "2", "3"] | None = None,
    mesh_lod: Literal["0", "1", "2", "3"] | None = None,
    quality: Literal["low", "medium", "high"] | None = None,
    texture_size: Literal["256", "512", "1024", "2048"] | None = None,
    texture_size_limit: Literal["256", "512", "1024", "2048"] | None = None,
    texture_atlas: Literal["none", "256", "512", "1024"] | None = None,
) -> Call[bytes]:
    """OBJ, materials and pictures in a ZIP.

    parts: `body`: the whole body alone, nothing left out, for measuring.
    pose: `A`, arms at 45 degrees, or `T`, arms level, for the rest pose; a pose of the catalogue, or the UUID of one of your own. The avatar's own pose by default, `A` where it has none.
    lod: Level of detail of the whole avatar, `0`, the default, for the finest.
    mesh_lod: The same as `lod`.
    quality: A level of detail with sizes of pictures to go with it; what is given beside it counts.
    texture_size: Longest side of any picture, in pixels; each picture's own where it is left out.
    texture_size_limit: The same as `textureSize`.
    texture_atlas: Makes all meshes one, with one picture of this side; `none`, the default, keeps them apart.
    """
    return Call(
        "GET",
        path("/v1/avatars/{id}.obj", id=id),
        bytes,
        query={
            "parts": parts,
            "pose": pose,
            "lod": lod,
            "meshLod": mesh_lod,
            "quality": quality,
            "textureSize": texture_size,
            "textureSizeLimit": texture_size_limit,
            "textureAtlas": texture_atlas,
        },
    )


def files_ply(
    id: str,
    *,
    parts: Literal["all", "body"] | None = None,
    pose: str | None = None,
    lod: Literal["0", "1", "2", "3"] | None = None,
    mesh_lod: Literal["0", "1", "2", "3"] | None = None,
    quality: Literal["low", "medium", "high"] | None = None,
) -> Call[bytes]:
    """The avatar as binary PLY.

    parts: `body`: the whole body alone, nothing left out, for measuring.
    pose: `A`, arms at 45 degrees, or `T`, arms level, for the rest pose; a pose of the catalogue, or the UUID of one of your own. The avatar's own pose by default, `A` where it has none.
    lod: Level of detail of the whole avatar, `0`, the default, for the finest.
    mesh_lod: The same as `lod`.
    quality: A level of detail with sizes of pictures to go with it; what is given beside it counts.
    """
    return Call(
        "GET",
        path("/v1/avatars/{id}.ply", id=id),
        bytes,
        query={"parts": parts, "pose": pose, "lod": lod, "meshLod": mesh_lod, "quality": quality},
    )


def files_stl(
    id: str,
    *,
    parts: Literal["all", "body"] | None = None,
    pose: str | None = None,
    lod: Literal["0", "1", "2", "3"] | None = None,
    mesh_lod: Literal["0", "1", "2", "3"] | None = None,
    quality: Literal["low", "medium", "high"] | None = None,
) -> Call[bytes]:
    """The avatar as binary STL.

    parts: `body`: the whole body alone, nothing left out, for measuring.
    pose: `A`, arms at 45 degrees, or `T`, arms level, for the rest pose; a pose of the catalogue, or the UUID of one of your own. The avatar's own pose by default, `A` where it has none.
    lod: Level of detail of the whole avatar, `0`, the default, for the finest.
    mesh_lod: The same as `lod`.
    quality: A level of detail with sizes of pictures to go with it; what is given beside it counts.
    """
    return Call(
        "GET",
        path("/v1/avatars/{id}.stl", id=id),
        bytes,
        query={"parts": parts, "pose": pose, "lod": lod, "meshLod": mesh_lod, "quality": quality},
    )


def pictures_png(
    id: str,
    *,
    camera: Literal["portrait", "fullbody", "side", "back", "fit"] | None = None,
    style: Literal["realistic", "cartoon", "anime"] | None = None,
    background: str | None = None,
    expression: Literal["happy", "lol", "sad", "scared", "rage"] | None = None,
    blend_shapes: dict[str, float] | None = None,
    uat: str | None = None,
    pose: str | None = None,
    size: int | None = None,
    quality: int | None = None,
) -> Call[bytes]:
    """A picture of the avatar as PNG.

    camera: Where the camera stands; the whole body from the front by default, which is `fit` as well.
    style: How it is drawn; `realistic` by default.
    background: One colour, `rrggbb` or `#rrggbb` or `r,g,b` of 0 to 255; two colours `rrggbb,rrggbb`, the upper one first; the UUID of one of your own backgrounds; or, for pictures but JPEG, `transparent`. A quiet light grey by default.
    expression: What the face shows.
    blend_shapes: `blendShapes[mesh][shape]=0..1`, or without a mesh: how far a face shape is moved, over what the expression does.
    uat: When the avatar was changed, as programs for Ready Player Me say; a picture is always of the avatar as it is.
    pose: A pose of the catalogue, the UUID of one of your own, or `A`, arms at 45 degrees; the avatar's own pose by default. Ready Player Me's `power-stance`, `relaxed`, `standing` and `thumbs-up` are poses as well.
    size: Pixels a side; 1024 by default.
    quality: How good a WebP or JPEG is; 90 by default. PNG loses nothing.
    """
    return Call(
        "GET",
        path("/v1/avatars/{id}.png", id=id),
        bytes,
        query={
            "camera": camera,
            "style": style,
            "background": background,
            "expression": expression,
            "blendShapes": blend_shapes,
            "uat": uat,
            "pose": pose,
            "size": size,
            "quality": quality,
        },
    )


def pictures_kept_png(sha256: str) -> Call[bytes]:
    """A picture that was drawn, as PNG."""
    return Call("GET", path("/v1/pictures/{sha256}.png", sha256=sha256), bytes)


def pictures_webp(
    id: str,
    *,
    camera: Literal["portrait", "fullbody", "side", "back", "fit"] | None = None,
    style: Literal["realistic", "cartoon", "anime"] | None = None,
    background: str | None = None,
    expression: Literal["happy", "lol", "sad", "scared", "rage"] | None = None,
    blend_shapes: dict[str, float] | None = None,
    uat: str | None = None,
    pose: str | None = None,
    size: int | None = None,
    quality: int | None = None,
) -> Call[bytes]:
    """A picture of the avatar as WEBP.

    camera: Where the camera stands; the whole body from the front by default, which is `fit` as well.
    style: How it is drawn; `realistic` by default.
    background: One colour, `rrggbb` or `#rrggbb` or `r,g,b` of 0 to 255; two colours `rrggbb,rrggbb`, the upper one first; the UUID of one of your own backgrounds; or, for pictures but JPEG, `transparent`. A quiet light grey by default.
    expression: What the face shows.
    blend_shapes: `blendShapes[mesh][shape]=0..1`, or without a mesh: how far a face shape is moved, over what the expression does.
    uat: When the avatar was changed, as programs for Ready Player Me say; a picture is always of the avatar as it is.
    pose: A pose of the catalogue, the UUID of one of your own, or `A`, arms at 45 degrees; the avatar's own pose by default. Ready Player Me's `power-stance`, `relaxed`, `standing` and `thumbs-up` are poses as well.
    size: Pixels a side; 1024 by default.
    quality: How good a WebP or JPEG is; 90 by default. PNG loses nothing.
    """
    return Call(
        "GET",
        path("/v1/avatars/{id}.webp", id=id),
        bytes,
        query={
            "camera": camera,
            "style": style,
            "background": background,
            "expression": expression,
            "blendShapes": blend_shapes,
            "uat": uat,
            "pose": pose,
            "size": size,
            "quality": quality,
        },
    )


def pictures_kept_webp(sha256: str) -> Call[bytes]:
    """A picture that was drawn, as WEBP."""
    return Call("GET", path("/v1/pictures/{sha256}.webp", sha256=sha256), bytes)


def pictures_jpg(
    id: str,
    *,
    camera: Literal["portrait", "fullbody", "side", "back", "fit"] | None = None,
    style: Literal["realistic", "cartoon", "anime"] | None = None,
    background: str | None = None,
    expression: Literal["happy", "lol", "sad", "scared", "rage"] | None = None,
    blend_shapes: dict[str, float] | None = None,
    uat: str | None = None,
    pose: str | None = None,
    size: int | None = None,
    quality: int | None = None,
) -> Call[bytes]:
    """A picture of the avatar as JPG.

    camera: Where the camera stands; the whole body from the front by default, which is `fit` as well.
    style: How it is drawn; `realistic` by default.
    background: One colour, `rrggbb` or `#rrggbb` or `r,g,b` of 0 to 255; two colours `rrggbb,rrggbb`, the upper one first; the UUID of one of your own backgrounds; or, for pictures but JPEG, `transparent`. A quiet light grey by default.
    expression: What the face shows.
    blend_shapes: `blendShapes[mesh][shape]=0..1`, or without a mesh: how far a face shape is moved, over what the expression does.
    uat: When the avatar was changed, as programs for Ready Player Me say; a picture is always of the avatar as it is.
    pose: A pose of the catalogue, the UUID of one of your own, or `A`, arms at 45 degrees; the avatar's own pose by default. Ready Player Me's `power-stance`, `relaxed`, `standing` and `thumbs-up` are poses as well.
    size: Pixels a side; 1024 by default.
    quality: How good a WebP or JPEG is; 90 by default. PNG loses nothing.
    """
    return Call(
        "GET",
        path("/v1/avatars/{id}.jpg", id=id),
        bytes,
        query={
            "camera": camera,
            "style": style,
            "background": background,
            "expression": expression,
            "blendShapes": blend_shapes,
            "uat": uat,
            "pose": pose,
            "size": size,
            "quality": quality,
        },
    )


def pictures_kept_jpg(sha256: str) -> Call[bytes]:
    """A picture that was drawn, as JPG."""
    return Call("GET", path("/v1/pictures/{sha256}.jpg", sha256=sha256), bytes)


def pictures_video(
    id: str,
    *,
    camera: Literal["portrait", "fullbody", "side", "back", "fit"] | None = None,
    style: Literal["realistic", "cartoon", "anime"] | None = None,
    background: str | None = None,
    expression: Literal["happy", "lol", "sad", "scared", "rage"] | None = None,
    blend_shapes: dict[str, float] | None = None,
    uat: str | None = None,
    pose: str | None = None,
    size: int | None = None,
    seconds: int | None = None,
    fps: int | None = None,
) -> Call[bytes | shapes.Job]:
    """A video of the avatar, or the job that draws it.

    camera: Where the camera stands; the whole body from the front by default, which is `fit` as well.
    style: How it is drawn; `realistic` by default.
    background: One colour, `rrggbb` or `#rrggbb` or `r,g,b` of 0 to 255; two colours `rrggbb,rrggbb`, the upper one first; the UUID of one of your own backgrounds; or, for pictures but JPEG, `transparent`. A quiet light grey by default.
    expression: What the face shows.
    blend_shapes: `blendShapes[mesh][shape]=0..1`, or without a mesh: how far a face shape is moved, over what the expression does.
    uat: When the avatar was changed, as programs for Ready Player Me say; a picture is always of the avatar as it is.
    pose: With one pose, as in pictures, the camera goes round once; with up to eight, commas between, the person goes from the first to the last and back.
    size: Pixels a side; 512 by default.
    seconds: How long it is; 10 by default.
    fps: Pictures a second; 24 by default.
    """
    return Call(
        "GET",
        path("/v1/avatars/{id}.mp4", id=id),
        bytes,
        query={
            "camera": camera,
            "style": style,
            "background": background,
            "expression": expression,
            "blendShapes": blend_shapes,
            "uat": uat,
            "pose": pose,
            "size": size,
            "seconds": seconds,
            "fps": fps,
        },
        also={202: shapes.Job},
    )


def pictures_pose_picture(
    id: str,
    *,
    size: Literal["128", "256", "512"] | None = None,
    body_type: Literal["feminine", "masculine", "neutral"] | None = None,
) -> Call[bytes]:
    """A picture of a pose.

    size: Pixels a side.
    body_type: The body that holds it.
    """
    return Call(
        "GET", path("/v1/catalog/poses/{id}.webp", id=id), bytes, query={"size": size, "bodyType": body_type}
    )


def batches_create(body: shapes.BatchDraft | JsonObject | Upload) -> Call[shapes.Job]:
    """Make many avatars as a job."""
    return Call("POST", "/v1/avatars/batch", shapes.Job, body=body)


def from_photos_create(body: Upload, *, wait: int | None = None) -> Call[shapes.Job | shapes.Avatar]:
    """Make an avatar with the face of three photos.

    wait: Seconds to wait for the avatar before the job is answered instead.
    """
    return Call(
        "POST",
        "/v1/avatars/from-photos",
        shapes.Job,
        query={"wait": wait},
        body=body,
        also={201: shapes.Avatar},
    )


def from_photos_put_on(id: str, body: shapes.FaceChoice | JsonObject) -> Call[shapes.Avatar]:
    """Put a face on an avatar."""
    return Call("PUT", path("/v1/avatars/{id}/face", id=id), shapes.Avatar, body=body)


def from_photos_take_off(id: str) -> Call[shapes.Avatar]:
    """Take the face off an avatar."""
    return Call("DELETE", path("/v1/avatars/{id}/face", id=id), shapes.Avatar)


def generations_create(body: Upload) -> Call[shapes.Generation]:
    """Draw the person of a photo in a pose."""
    return Call("POST", "/v1/poses/generations", shapes.Generation, body=body)


def generations_page(
    *, limit: int | None = None, cursor: str | None = None, offset: int | None = None
) -> Call[shapes.GenerationPage]:
    """The caller's pictures in poses.

    limit: At most this many.
    cursor: `nextCursor` of the page before.
    offset: How many are left out, from the newest on; of no matter beside a cursor.
    """
    return Call(
        "GET",
        "/v1/poses/generations",
        shapes.GenerationPage,
        query={"limit": limit, "cursor": cursor, "offset": offset},
    )


def generations_create_batch(body: Upload) -> Call[shapes.Generations]:
    """Draw the person of a photo in several poses."""
    return Call("POST", "/v1/poses/generations/batch", shapes.Generations, body=body)


def generations_stats() -> Call[shapes.GenerationStats]:
    """Sums over them."""
    return Call("GET", "/v1/poses/generations/stats", shapes.GenerationStats)


def generations_picture(id: str) -> Call[bytes]:
    """The finished picture."""
    return Call("GET", path("/v1/poses/generations/{id}.png", id=id), bytes)


def generations_photo(id: str) -> Call[bytes]:
    """The photo that it was drawn from, where it is kept."""
    return Call("GET", path("/v1/poses/generations/{id}/photo", id=id), bytes)


def generations_get(id: str) -> Call[shapes.Generation]:
    """One picture in a pose."""
    return Call("GET", path("/v1/poses/generations/{id}", id=id), shapes.Generation)


def generations_delete(id: str) -> Call[None]:
    """Delete a picture and its files; one that is not drawn yet is cancelled and costs nothing."""
    return Call("DELETE", path("/v1/poses/generations/{id}", id=id), type(None))


def custom_poses_create(body: Upload) -> Call[shapes.CustomPose]:
    """Keep the pose of a photo, or of a frame of a motion."""
    return Call("POST", "/v1/poses", shapes.CustomPose, body=body)


def custom_poses_page(*, limit: int | None = None, cursor: str | None = None) -> Call[shapes.CustomPosePage]:
    """Your own poses.

    limit: At most this many.
    cursor: `nextCursor` of the page before.
    """
    return Call("GET", "/v1/poses", shapes.CustomPosePage, query={"limit": limit, "cursor": cursor})


def custom_poses_get(id: str) -> Call[shapes.CustomPose]:
    """One of your own poses."""
    return Call("GET", path("/v1/poses/{id}", id=id), shapes.CustomPose)


def custom_poses_delete(id: str) -> Call[None]:
    """Delete one of your own poses; what was drawn with it stays."""
    return Call("DELETE", path("/v1/poses/{id}", id=id), type(None))


def custom_backgrounds_create(body: Upload) -> Call[shapes.CustomBackground]:
    """Keep a picture to stand behind people."""
    return Call("POST", "/v1/backgrounds", shapes.CustomBackground, body=body)


def custom_backgrounds_page(
    *, limit: int | None = None, cursor: str | None = None
) -> Call[shapes.CustomBackgroundPage]:
    """Your own backgrounds.

    limit: At most this many.
    cursor: `nextCursor` of the page before.
    """
    return Call(
        "GET", "/v1/backgrounds", shapes.CustomBackgroundPage, query={"limit": limit, "cursor": cursor}
    )


def custom_backgrounds_picture(id: str) -> Call[bytes]:
    """The picture of one of your own backgrounds."""
    return Call("GET", path("/v1/backgrounds/{id}.webp", id=id), bytes)


def custom_backgrounds_delete(id: str) -> Call[None]:
    """Delete one of your own backgrounds; what was drawn before it stays."""
    return Call("DELETE", path("/v1/backgrounds/{id}", id=id), type(None))


def shares_create(body: shapes.ShareDraft | JsonObject) -> Call[shapes.NewShare]:
    """Make a link to a picture of an avatar, or to a generation."""
    return Call("POST", "/v1/shares", shapes.NewShare, body=body)


def shares_page(*, limit: int | None = None, cursor: str | None = None) -> Call[shapes.SharePage]:
    """Your links that hold.

    limit: At most this many.
    cursor: `nextCursor` of the page before.
    """
    return Call("GET", "/v1/shares", shapes.SharePage, query={"limit": limit, "cursor": cursor})


def shares_revoke(id: str) -> Call[None]:
    """Revoke a link."""
    return Call("DELETE", path("/v1/shares/{id}", id=id), type(None))


def avatars_create(body: shapes.AvatarDraft | JsonObject) -> Call[shapes.Avatar]:
    """Make an avatar."""
    return Call("POST", "/v1/avatars", shapes.Avatar, body=body)


def avatars_page(*, limit: int | None = None, cursor: str | None = None) -> Call[shapes.AvatarPage]:
    """The caller's avatars.

    limit: At most this many.
    cursor: `nextCursor` of the page before.
    """
    return Call("GET", "/v1/avatars", shapes.AvatarPage, query={"limit": limit, "cursor": cursor})


def avatars_preview(body: shapes.SeededPerson | JsonObject) -> Call[bytes]:
    """A body for sliders."""
    return Call("POST", "/v1/avatars/preview", bytes, body=body)


def avatars_preview_topology() -> Call[bytes]:
    """The triangles of every preview."""
    return Call("GET", "/v1/avatars/preview/topology", bytes)


def avatars_get(id: str) -> Call[shapes.Avatar]:
    """One avatar."""
    return Call("GET", path("/v1/avatars/{id}", id=id), shapes.Avatar)


def avatars_change(id: str, body: shapes.AvatarChange | JsonObject) -> Call[shapes.Avatar]:
    """Change look, clothes and pose."""
    return Call("PATCH", path("/v1/avatars/{id}", id=id), shapes.Avatar, body=body)


def avatars_delete(id: str) -> Call[None]:
    """Delete an avatar and its files."""
    return Call("DELETE", path("/v1/avatars/{id}", id=id), type(None))


def faces_create(body: Upload) -> Call[shapes.Face]:
    """Make a face of three photos."""
    return Call("POST", "/v1/faces", shapes.Face, body=body)


def faces_page(*, limit: int | None = None, cursor: str | None = None) -> Call[shapes.FacePage]:
    """The caller's faces.

    limit: At most this many.
    cursor: `nextCursor` of the page before.
    """
    return Call("GET", "/v1/faces", shapes.FacePage, query={"limit": limit, "cursor": cursor})


def faces_glb(id: str) -> Call[bytes]:
    """The face as GLB."""
    return Call("GET", path("/v1/faces/{id}.glb", id=id), bytes)


def faces_get(id: str) -> Call[shapes.Face]:
    """One face."""
    return Call("GET", path("/v1/faces/{id}", id=id), shapes.Face)


def faces_delete(id: str) -> Call[None]:
    """Delete a face and its files; avatars that wear it keep it."""
    return Call("DELETE", path("/v1/faces/{id}", id=id), type(None))


def clouds_create(
    body: Upload, *, register: bool | None = None, format: Literal["ply", "xyz", "obj"] | None = None
) -> Call[shapes.Scan]:
    """Make a mesh and a body of a scan.

    register: Whether the template is fitted to it, which measures it and gives it a skeleton; it must be a person then.
    format: What the file is; where it is left out, its Content-Type and its first bytes tell.
    """
    return Call("POST", "/v1/clouds", shapes.Scan, query={"register": register, "format": format}, body=body)


def clouds_mesh(id: str) -> Call[bytes]:
    """The scan's watertight mesh."""
    return Call("GET", path("/v1/clouds/{id}.ply", id=id), bytes)


def clouds_body(id: str) -> Call[bytes]:
    """The body in the scan, rigged."""
    return Call("GET", path("/v1/clouds/{id}.glb", id=id), bytes)


def clouds_get(id: str) -> Call[shapes.Scan]:
    """One scan."""
    return Call("GET", path("/v1/clouds/{id}", id=id), shapes.Scan)


def clouds_delete(id: str) -> Call[None]:
    """Delete a scan and its files."""
    return Call("DELETE", path("/v1/clouds/{id}", id=id), type(None))


def catalog_garments(
    *,
    category: Literal["dress", "skirt", "sweater", "tshirt", "trousers"] | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> Call[shapes.GarmentList]:
    """Garments with their size charts.

    limit: At most this many.
    cursor: `nextCursor` of the page before; one that no page gave ends the list.
    """
    return Call(
        "GET",
        "/v1/catalog/garments",
        shapes.GarmentList,
        query={"category": category, "limit": limit, "cursor": cursor},
    )


def catalog_hairstyles() -> Call[shapes.HairstyleList]:
    """Hairstyles."""
    return Call("GET", "/v1/catalog/hairstyles", shapes.HairstyleList)


def catalog_skins() -> Call[shapes.SkinList]:
    """Skin tones."""
    return Call("GET", "/v1/catalog/skins", shapes.SkinList)


def poses_listed(
    *,
    category: str | None = None,
    tags: str | None = None,
    difficulty: Literal["easy", "medium", "hard"] | None = None,
    suits: Literal["feminine", "masculine", "neutral"] | None = None,
    q: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> Call[shapes.PoseList]:
    """Poses, filtered and searched.

    tags: Only poses that have all of these, separated by commas.
    suits: Only poses that suit this body type.
    q: Only poses whose name or description, in either language, or tags hold these words; case and accents do not matter.
    limit: At most this many.
    cursor: `nextCursor` of the page before; one that no page gave ends the list.
    """
    return Call(
        "GET",
        "/v1/catalog/poses",
        shapes.PoseList,
        query={
            "category": category,
            "tags": tags,
            "difficulty": difficulty,
            "suits": suits,
            "q": q,
            "limit": limit,
            "cursor": cursor,
        },
    )


def poses_facets() -> Call[shapes.PoseFacets]:
    """Categories and tags of poses, with their counts."""
    return Call("GET", "/v1/catalog/poses/facets", shapes.PoseFacets)


def poses_one(id: str) -> Call[shapes.Pose]:
    """A pose with its joints."""
    return Call("GET", path("/v1/catalog/poses/{id}", id=id), shapes.Pose)


def sizes_advise(body: shapes.SizeQuestion | JsonObject) -> Call[shapes.SizeAdvice]:
    """Which size suits."""
    return Call("POST", "/v1/size-advice", shapes.SizeAdvice, body=body)


def jobs_page(*, limit: int | None = None, cursor: str | None = None) -> Call[shapes.JobPage]:
    """The caller's jobs.

    limit: At most this many.
    cursor: `nextCursor` of the page before.
    """
    return Call("GET", "/v1/jobs", shapes.JobPage, query={"limit": limit, "cursor": cursor})


def jobs_get(id: str) -> Call[shapes.Job]:
    """One job."""
    return Call("GET", path("/v1/jobs/{id}", id=id), shapes.Job)


def jobs_cancel(id: str) -> Call[shapes.Job]:
    """End a job; what it has made stays."""
    return Call("POST", path("/v1/jobs/{id}/cancel", id=id), shapes.Job)


def jobs_watch(id: str) -> Call[bytes]:
    """Every change of a job."""
    return Call("GET", path("/v1/jobs/{id}/events", id=id), bytes)


def jobs_video(id: str) -> Call[bytes]:
    """The video that a job has drawn."""
    return Call("GET", path("/v1/jobs/{id}/video.mp4", id=id), bytes)


def jobs_avatars_zip(id: str) -> Call[bytes]:
    """The batch's avatars as GLB, with their receipts."""
    return Call("GET", path("/v1/jobs/{id}/avatars.zip", id=id), bytes)


def jobs_receipts_csv(id: str) -> Call[bytes]:
    """The batch's receipts as a table."""
    return Call("GET", path("/v1/jobs/{id}/receipts.csv", id=id), bytes)


def jobs_receipts_json(id: str) -> Call[bytes]:
    """The batch's receipts."""
    return Call("GET", path("/v1/jobs/{id}/receipts.json", id=id), bytes)


def jobs_picture_png(id: str) -> Call[bytes]:
    """The picture of a person in a pose."""
    return Call("GET", path("/v1/jobs/{id}/picture.png", id=id), bytes)


def credits_balance() -> Call[shapes.Credits]:
    """The caller's credits."""
    return Call("GET", "/v1/credits", shapes.Credits)


def credits_entries(*, limit: int | None = None, cursor: str | None = None) -> Call[shapes.CreditEntryPage]:
    """The caller's statement.

    limit: At most this many.
    cursor: `nextCursor` of the page before.
    """
    return Call(
        "GET", "/v1/credits/entries", shapes.CreditEntryPage, query={"limit": limit, "cursor": cursor}
    )


def credits_prices() -> Call[shapes.Prices]:
    """What work costs."""
    return Call("GET", "/v1/credits/prices", shapes.Prices)


def webhooks_create(body: shapes.WebhookDraft | JsonObject) -> Call[shapes.WebhookWithSecret]:
    """Add a webhook."""
    return Call("POST", "/v1/webhooks", shapes.WebhookWithSecret, body=body)


def webhooks_every() -> Call[shapes.WebhookList]:
    """The caller's webhooks."""
    return Call("GET", "/v1/webhooks", shapes.WebhookList)


def webhooks_get(id: str) -> Call[shapes.Webhook]:
    """One webhook."""
    return Call("GET", path("/v1/webhooks/{id}", id=id), shapes.Webhook)


def webhooks_change(id: str, body: shapes.WebhookChange | JsonObject) -> Call[shapes.Webhook]:
    """Change a webhook."""
    return Call("PATCH", path("/v1/webhooks/{id}", id=id), shapes.Webhook, body=body)


def webhooks_delete(id: str) -> Call[None]:
    """Remove a webhook."""
    return Call("DELETE", path("/v1/webhooks/{id}", id=id), type(None))


def webhooks_rotate_secret(id: str) -> Call[shapes.WebhookWithSecret]:
    """Give a webhook a new secret."""
    return Call("POST", path("/v1/webhooks/{id}/rotate-secret", id=id), shapes.WebhookWithSecret)


def webhooks_send_test(id: str) -> Call[shapes.Delivery]:
    """Send a webhook a test."""
    return Call("POST", path("/v1/webhooks/{id}/test", id=id), shapes.Delivery)


def webhooks_deliveries(
    id: str, *, limit: int | None = None, cursor: str | None = None
) -> Call[shapes.DeliveryPage]:
    """What was sent to a webhook.

    limit: At most this many.
    cursor: `nextCursor` of the page before.
    """
    return Call(
        "GET",
        path("/v1/webhooks/{id}/deliveries", id=id),
        shapes.DeliveryPage,
        query={"limit": limit, "cursor": cursor},
    )


def webhooks_replay(id: str, delivery_id: str) -> Call[shapes.Delivery]:
    """Send an event to a webhook again."""
    return Call(
        "POST",
        path("/v1/webhooks/{id}/deliveries/{deliveryId}/replay", id=id, deliveryId=delivery_id),
        shapes.Delivery,
    )


def admin_audit_page(
    *,
    limit: int | None = None,
    cursor: str | None = None,
    account: str | None = None,
    operation: str | None = None,
    from_: datetime | None = None,
    to: datetime | None = None,
) -> Call[shapes.AuditPage]:
    """Who did what.

    limit: At most this many.
    cursor: `nextCursor` of the page before.
    account: Id of an account, or the pseudonym of one that was deleted.
    operation: Method and route, such as `POST /v1/avatars`.
    from_: The first moment of interest, with its offset from UTC.
    to: The first moment that is of interest no more.
    """
    return Call(
        "GET",
        "/v1/admin/audit",
        shapes.AuditPage,
        query={
            "limit": limit,
            "cursor": cursor,
            "account": account,
            "operation": operation,
            "from": from_,
            "to": to,
        },
    )


def admin_credits_grant(body: shapes.CreditGrant | JsonObject) -> Call[shapes.Credits]:
    """Give an account credits, or take some back."""
    return Call("POST", "/v1/admin/credits", shapes.Credits, body=body)


def admin_jobs_search(
    *,
    limit: int | None = None,
    cursor: str | None = None,
    state: Literal["pending", "processing", "completed", "failed", "cancelled"] | None = None,
    account_id: str | None = None,
) -> Call[shapes.AdminJobPage]:
    """Jobs of everybody.

    limit: At most this many.
    cursor: `nextCursor` of the page before.
    """
    return Call(
        "GET",
        "/v1/admin/jobs",
        shapes.AdminJobPage,
        query={"limit": limit, "cursor": cursor, "state": state, "accountId": account_id},
    )


def admin_jobs_retry(id: str) -> Call[shapes.AdminJob]:
    """Do again what a failed job has not made, as a new job without a price."""
    return Call("POST", path("/v1/admin/jobs/{id}/retry", id=id), shapes.AdminJob)


def admin_jobs_cancel(id: str) -> Call[shapes.AdminJob]:
    """End a job of anybody."""
    return Call("POST", path("/v1/admin/jobs/{id}/cancel", id=id), shapes.AdminJob)


def admin_users_search(
    *, limit: int | None = None, cursor: str | None = None, email: str | None = None
) -> Call[shapes.UserPage]:
    """Accounts by a part of their address.

    limit: At most this many.
    cursor: `nextCursor` of the page before.
    email: A part of the address, in any case.
    """
    return Call(
        "GET", "/v1/admin/users", shapes.UserPage, query={"limit": limit, "cursor": cursor, "email": email}
    )


def admin_users_get(id: str) -> Call[shapes.User]:
    """One account."""
    return Call("GET", path("/v1/admin/users/{id}", id=id), shapes.User)


def admin_users_change(id: str, body: shapes.UserChange | JsonObject) -> Call[shapes.User]:
    """Change what an account may do."""
    return Call("PATCH", path("/v1/admin/users/{id}", id=id), shapes.User, body=body)
