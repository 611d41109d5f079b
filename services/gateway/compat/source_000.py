"""Source 000, body avatars: `/signup`, `/login`, `/logout`, `/generate`, `/update_cloth`, `/update_feature`.

JSON or HTML forms; a session cookie or a bearer token; centimetres. The work is that of /v1.
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any, TypeVar

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from atelier.auth.v1 import auth_pb2
from atelier.catalog.v1 import catalog_pb2
from atelier.generator.v1 import generator_pb2
from atelierkit import identity
from atelierkit.errors import AppError, Code, FieldFault, InvalidInput, NotFound, RemoteError
from services.gateway import audit, problems, reading, sessions
from services.gateway.bulkheads import Work
from services.gateway.compat.keys import answered_once
from services.gateway.compat.serving import Handler, route, success
from services.gateway.compat.shapes_000 import BODY_TYPES, ClothChange, Credentials, FeatureChange, Measured
from services.gateway.convert import avatars as convert
from services.gateway.convert.accounts import device
from services.gateway.convert.body import NAMES, measurements_message
from services.gateway.convert.catalog import CATEGORIES
from services.gateway.convert.fields import http_field
from services.gateway.limits import Cost
from services.gateway.operations import Backend
from services.gateway.sessions import BrowserSessions

MM_PER_CM = 10.0
_LOG_IN = "/login"
"""Takes no Idempotency-Key: its answer sets a cookie, and a session is nothing to be handed out twice."""
Form = TypeVar("Form", bound=BaseModel)


def routes(backend: Backend, browser_sessions: BrowserSessions) -> list[BaseRoute]:
    """The six routes of the source."""
    source = Source000(backend, browser_sessions)

    def keyed(path: str, handler: Handler) -> Handler:
        async def once(request: Request) -> Response:
            return await answered_once(backend, path, handler, request, backend.settings.max_json_bytes)

        return once

    return [
        route(backend, "POST", "/signup", keyed("/signup", source.sign_up), Work.PASSWORD),
        route(backend, "POST", _LOG_IN, source.log_in, Work.PASSWORD),
        route(backend, "GET", "/logout", source.log_out, Work.READ),
        route(backend, "POST", "/generate", keyed("/generate", source.generate), Work.BODY, Cost.GENERATE),
        route(backend, "POST", "/update_cloth", keyed("/update_cloth", source.update_cloth), Work.BODY),
        route(backend, "POST", "/update_feature", keyed("/update_feature", source.update_feature), Work.BODY),
    ]


class Source000:
    """The six routes, on the services of /v1."""

    def __init__(self, backend: Backend, browser_sessions: BrowserSessions) -> None:
        self._clients = backend.clients
        self._limit = backend.settings.max_json_bytes
        self._sessions = browser_sessions
        self._bulkheads = backend.bulkheads

    async def sign_up(self, request: Request) -> Response:
        """Make an account."""
        form = await self._read(request, Credentials)
        async with self._bulkheads[Work.PASSWORD].place("/signup"):
            answer = await self._clients.auth.SignUp(
                auth_pb2.SignUpRequest(
                    email=form.email, password=form.password, language=problems.language_of(request.headers)
                )
            )
        audit.note_account(request, answer.account.id)
        return success({"userId": answer.account.id, "email": answer.account.email}, HTTPStatus.CREATED)

    async def log_in(self, request: Request) -> Response:
        """Start a session: a cookie for browsers, the same session's first token for the rest."""
        sessions.refuse_cross_site(request.headers)
        form = await self._read(request, Credentials)
        async with self._bulkheads[Work.PASSWORD].place("/login"):
            opened = await self._clients.auth.OpenBrowserSession(
                auth_pb2.OpenBrowserSessionRequest(
                    email=form.email, password=form.password, device=device(request.headers)
                )
            )
        token = await self._sessions.access_token(opened.session_secret)
        audit.note_log_in(request, token)
        response = success({"accessToken": token, "expiresIn": opened.expires_in_s})
        secure = request.url.scheme == "https"
        sessions.set_cookie(response, opened.session_secret, opened.expires_in_s, secure=secure)
        return response

    async def log_out(self, request: Request) -> Response:
        """End the cookie's session; answers alike when there is none."""
        secret = sessions.session_secret(request.headers)
        if secret is not None:
            await self._sessions.close(secret)
        response = success({})
        response.delete_cookie(sessions.COOKIE, path="/")
        return response

    async def generate(self, request: Request) -> Response:
        """Make an avatar from measurements in centimetres."""
        identity.require_caller()
        form = await self._read(request, Measured)
        given = {name: value for name in NAMES if (value := getattr(form, name)) is not None}
        body = generator_pb2.BodySpec(
            measurements=measurements_message({name: cm * MM_PER_CM for name, cm in given.items()}),
            body_type=BODY_TYPES[form.gender],
            seed=form.seed,
        )
        try:
            async with self._bulkheads[Work.BODY].place("/generate"):
                answer = await self._clients.generator.CreateAvatar(
                    generator_pb2.CreateAvatarRequest(body=body)
                )
        except AppError as error:
            raise _in_centimetres(error) from error
        audit.note_resource(request, answer.avatar)
        return success(_generated(answer.avatar), HTTPStatus.CREATED)

    async def update_cloth(self, request: Request) -> Response:
        """Put a garment on: it takes the place of whatever dresses the same part of the body."""
        identity.require_caller()
        form = await self._read(request, ClothChange)
        avatar = await self._avatar(form.avatar_id)
        chosen = await self._chosen(form)
        worn_now = [(item, await self._garment(item.garment_id)) for item in avatar.recipe.outfit.items]
        kept = [item for item, garment in worn_now if not _share_a_part(garment, chosen)]
        worn = generator_pb2.OutfitItem(garment_id=chosen.id, size=form.size, color=form.color.lower())
        outfit = generator_pb2.Outfit(items=[*kept, worn])
        return await self._updated(request, generator_pb2.UpdateAvatarRequest(id=avatar.id, outfit=outfit))

    async def update_feature(self, request: Request) -> Response:
        """Change hair and skin; what is left out stays."""
        identity.require_caller()
        form = await self._read(request, FeatureChange)
        avatar = await self._avatar(form.avatar_id)
        look = generator_pb2.LookChange(
            skin_id=await self._skin(form.skin_color) if form.skin_color is not None else None,
            hairstyle_id=form.hair,
            hair_color=form.hair_color.lower() if form.hair_color is not None else None,
        )
        return await self._updated(request, generator_pb2.UpdateAvatarRequest(id=avatar.id, look=look))

    async def _updated(self, request: Request, change: generator_pb2.UpdateAvatarRequest) -> Response:
        async with self._bulkheads[Work.BODY].place("/update"):
            changed = await self._clients.generator.UpdateAvatar(change)
        audit.note_resource(request, changed.avatar)
        return success(_generated(changed.avatar))

    async def _read(self, request: Request, shape: type[Form]) -> Form:
        return reading.validated(shape, await reading.json_or_form(request, self._limit))

    async def _avatar(self, avatar_id: str | None) -> generator_pb2.Avatar:
        """The avatar of that id, or the caller's newest."""
        if avatar_id is not None:
            answer = await self._clients.generator.GetAvatar(generator_pb2.GetAvatarRequest(id=avatar_id))
            return answer.avatar
        page = await self._clients.generator.ListAvatars(generator_pb2.ListAvatarsRequest(page_size=1))
        if not page.avatars:
            raise NotFound("make an avatar first")
        return page.avatars[0]

    async def _chosen(self, form: ClothChange) -> catalog_pb2.Garment:
        """The garment that the form names, or the first of its category."""
        category = CATEGORIES[form.category]
        if form.garment_id is not None:
            named = await self._garment(form.garment_id)
            if named is not None and named.category == category:
                return named
        offered = await self._clients.catalog.ListGarments(catalog_pb2.ListGarmentsRequest(category=category))
        if form.garment_id is not None:
            raise _not_offered("garmentId", ", ".join(garment.id for garment in offered.garments))
        return offered.garments[0]

    async def _garment(self, id: str) -> catalog_pb2.Garment | None:
        """The garment of that id; None where there is none, or could be none."""
        try:
            answer = await self._clients.catalog.GetGarment(catalog_pb2.GetGarmentRequest(id=id))
        except AppError as error:
            if error.code in (Code.NOT_FOUND, Code.INVALID_ARGUMENT):
                return None
            raise
        return answer.garment

    async def _skin(self, wanted: str) -> str:
        """Id of the skin tone of that id or colour."""
        answer = await self._clients.catalog.ListSkins(catalog_pb2.ListSkinsRequest())
        for skin in answer.skins:
            if wanted.lower() in {skin.id, skin.color}:
                return skin.id
        offered = ", ".join(skin.color for skin in answer.skins)
        raise _not_offered("skinColor", offered)


def _share_a_part(worn: catalog_pb2.Garment | None, chosen: catalog_pb2.Garment) -> bool:
    return worn is None or bool(set(worn.covers) & set(chosen.covers))


def _generated(avatar: generator_pb2.Avatar) -> dict[str, Any]:
    receipt = convert.receipt(avatar.receipt)
    return {
        "avatarId": avatar.id,
        "downloadUrl": f"/v1/avatars/{avatar.id}.glb",
        "pointCount": receipt.point_count,
        "vertexCount": receipt.vertex_count,
        "faceCount": receipt.face_count,
        "receipt": receipt.model_dump(mode="json", by_alias=True),
    }


def _in_centimetres(error: AppError) -> AppError:
    """The same refusal, in the unit and with the names that this source's clients sent."""
    faults = [_fault_in_centimetres(fault) for fault in error.faults]
    return RemoteError(
        error.message,
        code=error.code,
        reason=error.reason,
        faults=faults,
        retry_after_s=error.retry_after_s,
        metadata=error.metadata,
    )


def _fault_in_centimetres(fault: FieldFault) -> FieldFault:
    field = http_field(fault.field)
    name = field.removeprefix("measurements.")
    if name == field:
        return fault
    return replace(fault, field=name, limit=_limit_in_centimetres(fault.limit))


def _limit_in_centimetres(limit: str | None) -> str | None:
    if limit is None:
        return None
    low, separator, high = limit.removesuffix(" mm").partition("..")
    try:
        bounds = [f"{float(bound) / MM_PER_CM:g}" for bound in (low, high) if bound]
    except ValueError:
        return limit
    return (separator or " ").join(bounds) + " cm"


def _not_offered(field: str, offered: str) -> InvalidInput:
    return InvalidInput(
        "that is not on offer", faults=[FieldFault(field, "not_offered", "not on offer", offered)]
    )
