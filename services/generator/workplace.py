"""Where the objects of the generator's worker meet."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from atelier.auth.v1 import auth_pb2_grpc, consents_pb2_grpc, events_pb2_grpc, people_pb2_grpc
from atelierkit.jobs import Rail
from atelierkit.jobs.worker import Workplace
from services.generator.adapters.announcer import RemoteAnnouncer
from services.generator.adapters.consents import RemoteWithdrawals
from services.generator.adapters.delegates import TokenDelegates
from services.generator.adapters.deletions import RemoteDeletions
from services.generator.bootstrap import SCHEMA, open_auth, open_tools
from services.generator.domain.ports_jobs import Announcer, Delegates
from services.generator.settings import GeneratorSettings
from services.generator.tasks import FaceRounds, JobTasks
from services.generator.tools import Tools
from services.generator.use_cases.avatars import GetAvatar
from services.generator.use_cases.batch_work import MakeRow, WorkOnBatch
from services.generator.use_cases.bodies import MakePerson
from services.generator.use_cases.endings import AnnounceJob, Reconcile, SettleJob
from services.generator.use_cases.face_rounds import ClearFaces
from services.generator.use_cases.generation_work import DressSitter, GenerationCraft, SitForPortrait
from services.generator.use_cases.job_work import WorkOnJob
from services.generator.use_cases.people import ForgetTheDeleted
from services.generator.use_cases.photo_work import AvatarCraft, ClearPhotos
from services.generator.use_cases.pictures import Album
from services.generator.use_cases.results import CollectResults
from services.generator.use_cases.shares import ClearShares
from services.generator.use_cases.shelf import TidyUp
from services.generator.use_cases.video_work import VideoCraft
from services.generator.use_cases.withdrawals import ForgetFaces, ForgetWithdrawn

TIDY_UP = "tidy_up"
FORGET = "generator.forget"
CLEAR_SHARES = "generator.clear_shares"


async def build_worker(settings: GeneratorSettings, stack: AsyncExitStack) -> Workplace:
    """The rail with the generator's tasks; all connections close with the stack."""
    rail = Rail(settings.database_url, schema=SCHEMA)
    auth = await open_auth(settings, stack)
    tools, dependencies = await open_tools(settings, rail, auth, stack)
    tidy_up = TidyUp(tools.shelf(), tools.clock, timedelta(seconds=settings.tidy_age_s))
    rail.task(TIDY_UP, every_s=settings.tidy_interval_s)(tidy_up)
    deletions = RemoteDeletions(people_pb2_grpc.PeopleServiceStub(auth), settings.auth_timeout_s)
    forget = ForgetTheDeleted(deletions, tools.forget_person())
    rail.task(FORGET, every_s=settings.forget_interval_s)(forget)
    clear_shares = ClearShares(tools.shelf(), tools.clock)
    rail.task(CLEAR_SHARES, every_s=settings.shares_interval_s)(clear_shares)
    delegates = TokenDelegates(auth_pb2_grpc.AuthServiceStub(auth), settings.auth_timeout_s)
    withdrawals = RemoteWithdrawals(consents_pb2_grpc.ConsentServiceStub(auth), settings.auth_timeout_s)
    FaceRounds(
        clear=ClearFaces(tools.units, tools.shelf(), tools.clock, tools.terms),
        withdrawn=ForgetWithdrawn(withdrawals, forget_faces(tools, delegates)),
    ).register(rail, every_s=settings.faces_interval_s)
    job_tasks(
        tools,
        announcer=RemoteAnnouncer(events_pb2_grpc.EventServiceStub(auth), settings.auth_timeout_s),
        delegates=delegates,
        hold_age=timedelta(seconds=settings.hold_age_s),
        scratch=settings.scratch_dir,
    ).register(rail, reconcile_every_s=settings.reconcile_interval_s)
    return Workplace(rail, dependencies)


def forget_faces(tools: Tools, delegates: Delegates) -> ForgetFaces:
    """The verb of a consent that was taken back."""
    return ForgetFaces(tools.units, tools.shelf(), tools.set_avatar_face(), delegates, tools.clock)


def job_tasks(
    tools: Tools,
    *,
    announcer: Announcer,
    delegates: Delegates,
    hold_age: timedelta,
    scratch: Path | None = None,
) -> JobTasks:
    """The verbs of the worker, with these tools."""
    units, shelf = tools.units, tools.shelf()
    work = WorkOnBatch(
        units=units,
        make_row=MakeRow(units, tools.create_avatar()),
        collect=CollectResults(units, tools.store, scratch),
        delegates=delegates,
        shelf=shelf,
        clock=tools.clock,
        seconds=time.monotonic,
    )
    avatars = AvatarCraft(tools.make_face(), tools.create_avatar(), shelf, tools.clock)
    generations = GenerationCraft(
        SitForPortrait(units, tools.face_reader, tools.make_face(), shelf),
        DressSitter(MakePerson(tools.estimator, tools.network), tools.looks, tools.plain_looks, shelf),
        tools.poses,
        tools.hang_scenery(),
        tools.picture_mesher,
        shelf,
        tools.clock,
    )
    videos = VideoCraft(
        GetAvatar(units),
        tools.poses,
        tools.hang_scenery(),
        tools.looks,
        tools.video_mesher,
        Album(shelf, tools.clock),
    )
    return JobTasks(
        work=work,
        photos=WorkOnJob(units, avatars, tools.consents, delegates, tools.clock),
        generations=WorkOnJob(units, generations, tools.consents, delegates, tools.clock),
        videos=WorkOnJob(units, videos, tools.consents, delegates, tools.clock),
        clear_photos=ClearPhotos(shelf),
        settle=SettleJob(units, tools.credits),
        announce=AnnounceJob(units, announcer),
        reconcile=Reconcile(units, tools.credits, hold_age),
    )
