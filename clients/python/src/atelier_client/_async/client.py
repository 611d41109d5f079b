"""The platform, as its clients see it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeVar

import httpx

from atelier_client import operations
from atelier_client._async import jobs
from atelier_client._async.transport import AsyncTransport
from atelier_client.calls import Call, JsonObject, PageOf, Upload
from atelier_client.errors import JobNotCompleted, UnexpectedAnswer
from atelier_client.photos import FacePhotos
from atelier_client.retries import Retries
from atelier_client.shapes import Avatar, AvatarDraft, BatchRow, Face, Job, Scan
from atelier_client.watching import ENDS
from atelier_client.wire import encode

Answer = TypeVar("Answer")
Item = TypeVar("Item")
File = str | Path
Rows = Sequence[BatchRow | JsonObject]
Progress = Callable[[Job], object]
"""Is called with a job after each of its changes."""

_UPLOAD_TIMEOUT_S = 300.0
_JOB_TIMEOUT_S = 6 * 3600.0


class AsyncAtelier:
    """A connection to one platform.

    With an `api_key`, which servers have, or a `token`: an access token, or a function that gives one, because they last 15
    minutes. `language` is that of texts for people, `en` or `fr`; `timeout_s` bounds the wait for each answer.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None = None,
        token: str | Callable[[], str] | None = None,
        language: str = "en",
        timeout_s: float = 60.0,
        retries: Retries | None = None,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        if api_key is not None and token is not None:
            raise ValueError("give either api_key or token")
        secret = api_key or token or ""
        self._transport = AsyncTransport(
            http or httpx.AsyncClient(),
            base_url,
            secret if callable(secret) else lambda: secret,
            language,
            timeout_s,
            retries or Retries(),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End the connections."""
        await self._transport.aclose()

    async def call(
        self, call: Call[Answer], *, key: str | None = None, timeout_s: float | None = None
    ) -> Answer:
        """Send any call of `operations` and give its answer.

        What may pass is tried again. A POST has an Idempotency-Key, so that it is done once however often it is sent; give
        a `key` of your own to be able to repeat it after a restart, too.
        """
        return await self._transport.send(call, key, timeout_s)

    async def each(self, call: Call[PageOf[Item]]) -> AsyncGenerator[Item, None]:
        """Every item of a list: `each(operations.avatars_page())`. Pages are asked for as they are needed."""
        while True:
            page = await self.call(call)
            for item in page.data:
                yield item
            if page.next_cursor is None:
                return
            call = call.with_query(cursor=page.next_cursor)

    async def download(self, what: Call[bytes] | str, save_to: File, *, sha256: str | None = None) -> Path:
        """Write a file of the platform, by its operation or its link, to disk: whole, or not at all."""
        call = Call("GET", what, bytes) if isinstance(what, str) else what
        await self._transport.download(call, Path(save_to), sha256)
        return Path(save_to)

    async def make_avatar(self, draft: AvatarDraft | JsonObject, save_to: File | None = None) -> Avatar:
        """Make an avatar; with `save_to`, download its GLB as well."""
        avatar = await self.call(operations.avatars_create(draft))
        if save_to is not None:
            await self.download(avatar.links.glb, save_to)
        return avatar

    async def upload_scan(
        self,
        scan: File | Upload,
        *,
        with_body: bool = False,
        format: Literal["ply", "xyz", "obj"] | None = None,
    ) -> Scan:
        """Upload a scan; `with_body` fits a rigged body to it and measures it."""
        upload = scan if isinstance(scan, Upload) else Upload.of(scan)
        call = operations.clouds_create(upload, register=with_body, format=format)
        return await self.call(call, timeout_s=_UPLOAD_TIMEOUT_S)

    async def make_face(
        self,
        photos: FacePhotos,
        consent: str,
        save_to: File | None = None,
        *,
        pupil_distance_mm: float | None = None,
        keep_photos: bool = False,
    ) -> Face:
        """Make a face of three photos; with `save_to`, download its GLB as well.

        `consent` is the version of the policy on photos of faces that the person consented to. Raises Refused, whose
        `details` name each photo that cannot be used, and why.
        """
        form = photos.form(consent=consent, pupilDistanceMm=pupil_distance_mm, keepPhotos=keep_photos)
        face = await self.call(operations.faces_create(form), timeout_s=_UPLOAD_TIMEOUT_S)
        if save_to is not None:
            await self.download(face.links.glb, save_to)
        return face

    async def start_avatar_from_photos(
        self,
        photos: FacePhotos,
        consent: str,
        draft: AvatarDraft | JsonObject | None = None,
        *,
        pupil_distance_mm: float | None = None,
        keep_photos: bool = False,
        key: str | None = None,
    ) -> Job:
        """Ask for an avatar with the face of three photos, and the body of the draft."""
        form = photos.form(
            consent=consent,
            pupilDistanceMm=pupil_distance_mm,
            keepPhotos=keep_photos,
            avatar=None if draft is None else encode(draft),
        )
        job = await self.call(operations.from_photos_create(form), key=key, timeout_s=_UPLOAD_TIMEOUT_S)
        if not isinstance(job, Job):
            raise UnexpectedAnswer("a job was asked for")
        return job

    async def make_avatar_from_photos(
        self,
        photos: FacePhotos,
        consent: str,
        draft: AvatarDraft | JsonObject | None = None,
        save_to: File | None = None,
        *,
        pupil_distance_mm: float | None = None,
        keep_photos: bool = False,
        on_progress: Progress | None = None,
        timeout_s: float = _JOB_TIMEOUT_S,
    ) -> Avatar:
        """Ask for such an avatar and wait for it; with `save_to`, download its GLB.

        Raises JobNotCompleted, whose job's error says which photo cannot be used, and WaitedTooLong.
        """
        job = await self.start_avatar_from_photos(
            photos, consent, draft, pupil_distance_mm=pupil_distance_mm, keep_photos=keep_photos
        )
        done = await self.wait(job.id, on_progress=on_progress, timeout_s=timeout_s)
        if done.avatar_id is None:
            raise UnexpectedAnswer("the job has made no avatar")
        avatar = await self.call(operations.avatars_get(done.avatar_id))
        if save_to is not None:
            await self.download(avatar.links.glb, save_to)
        return avatar

    async def start_batch(self, people: Rows | File, *, key: str | None = None) -> Job:
        """Ask for many avatars: rows, or a CSV file with a column for each measurement."""
        body = {"rows": encode(people)} if not isinstance(people, str | Path) else Upload.of(people)
        return await self.call(operations.batches_create(body), key=key, timeout_s=_UPLOAD_TIMEOUT_S)

    async def make_batch(
        self,
        people: Rows | File,
        save_to: File | None = None,
        *,
        on_progress: Progress | None = None,
        timeout_s: float = _JOB_TIMEOUT_S,
    ) -> Job:
        """Ask for many avatars and wait for them; with `save_to`, download the ZIP of their GLBs and receipts.

        People that cannot be made are counted in `items.failed`, and the receipts say why. Raises JobNotCompleted,
        WaitedTooLong.
        """
        job = await self.wait(
            (await self.start_batch(people)).id, on_progress=on_progress, timeout_s=timeout_s
        )
        if save_to is not None:
            archive = next(result for result in job.results if result.name == "avatars.zip")
            await self.download(archive.href, save_to, sha256=archive.sha256)
        return job

    async def watch(self, job_id: str, *, timeout_s: float = _JOB_TIMEOUT_S) -> AsyncGenerator[Job, None]:
        """The job now, and after each change, until it has ended; lost connections are taken up again.

        Raises WaitedTooLong.
        """
        async with aclosing(jobs.changes(self._transport, job_id, timeout_s)) as changes:
            async for job in changes:
                yield job

    async def wait(
        self, job_id: str, *, on_progress: Progress | None = None, timeout_s: float = _JOB_TIMEOUT_S
    ) -> Job:
        """Wait until the job has completed. Raises JobNotCompleted, WaitedTooLong."""
        async with aclosing(self.watch(job_id, timeout_s=timeout_s)) as changes:
            async for job in changes:
                if on_progress is not None:
                    on_progress(job)
                if job.state == "completed":
                    return job
                if job.state in ENDS:
                    raise JobNotCompleted(job)
        raise AssertionError("changes end with an end")
