"""The shapes of the API: what is sent and what is answered.

Written by `make clients`; edits are lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Account:
    """A person's account."""

    id: str
    email: str
    email_verified: bool
    """Whether the person has shown that the address is theirs; without it there are no credits."""
    display_name: str
    """Empty where nothing was said."""
    language: Literal["en", "fr"]
    """Of letters to the person."""
    job_letters: bool
    """Whether the person gets a letter when a job ends."""
    role: Literal["user", "admin"]
    tier: Literal["free", "pro", "unlimited"]
    """How much the account may ask of the platform."""
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class AccountEnd:
    """The password once more: there is no way back."""

    password: str


@dataclass(frozen=True, kw_only=True)
class AdminJob:
    """A job, as administrators see it."""

    id: str
    kind: Literal["avatar_batch", "avatar_from_photos", "pose_generation", "video"]
    state: Literal["pending", "processing", "completed", "failed", "cancelled"]
    """The last three are final."""
    progress_percent: int
    queue_position: int | None
    """Its place among those that wait, 1 for the next; counted to 1,000. Null when it does not wait, and in lists."""
    lane: Literal["normal", "priority"]
    credits: int
    """Held when it was accepted: the most that it costs. What is not made is not paid."""
    items: JobItems
    error: JobError | None
    revision: int
    """Grows with every change."""
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    results: list[JobResult]
    """Empty until it has completed."""
    avatar_id: str | None
    """The avatar that it has made of photos; null until it has completed, and for other kinds."""
    face_id: str | None
    """The same for the face."""
    links: JobLinks
    account_id: str


@dataclass(frozen=True, kw_only=True)
class AdminJobPage:
    """Jobs of everybody, newest first."""

    data: list[AdminJob]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """A key, without what opens with it."""

    id: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    """When it was last used, to the hour."""


@dataclass(frozen=True, kw_only=True)
class ApiKeyDraft:
    """What a new key is for."""

    name: str
    """What you call it."""
    scopes: list[Scope]
    """What it may do, and nothing else."""
    life_days: int | None = None
    """Days until it stops working; without it, it works until it is revoked."""


@dataclass(frozen=True, kw_only=True)
class ApiKeys:
    """The caller's keys, newest first; all of them, for nobody has many."""

    data: list[ApiKey]
    next_cursor: None = None


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """One request that was to change something, and how it ended."""

    sequence: int
    """Place in the chain, from 1 on, without gaps."""
    id: str
    time: datetime
    account_id: str | None
    """Who asked; null where nobody was signed in. A pseudonym, or null, for somebody who was deleted."""
    address: str
    agent: str
    """What the client called itself."""
    operation: str
    outcome: int
    """HTTP status."""
    request_id: str
    resource_id: str | None
    """What it was about or made."""
    forgotten: bool
    """Whether the person behind it was deleted."""
    hash: str
    """SHA-256 over the entry and the hash of the one before it, in hexadecimal."""


@dataclass(frozen=True, kw_only=True)
class AuditPage:
    """A page of the trail, newest first."""

    data: list[AuditEntry]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class Avatar:
    """An avatar."""

    id: str
    created_at: datetime
    updated_at: datetime
    recipe: Recipe
    receipt: Receipt
    links: AvatarLinks


@dataclass(frozen=True, kw_only=True)
class AvatarChange:
    """New look, clothes or pose; what is left out stays, and so does the body."""

    look: LookChange | None = None
    outfit: list[OutfitItemInput] | None = None
    """In place of all that is worn; empty undresses."""
    pose: str | None = None
    """The pose that its files show where none is asked for; empty for the A pose."""


@dataclass(frozen=True, kw_only=True)
class AvatarDraft:
    """An avatar to make."""

    measurements: dict[str, float] | None = None
    """Any of the 15 measurements, in millimetres; the rest is estimated."""
    body_type: Literal["feminine", "masculine", "neutral"]
    """Completes what the measurements leave open."""
    weight_kg: float | None = None
    """Helps to estimate what is missing."""
    age: float | None = None
    """Helps to estimate what is missing, in years."""
    seed: int | None = None
    """0 is the most typical person."""
    look: LookInput | None = None
    outfit: list[OutfitItemInput] | None = None
    """From the skin outwards."""
    pose: str | None = None
    """The pose that its files show where none is asked for: one of the catalogue, or the UUID of one of your own."""


@dataclass(frozen=True, kw_only=True)
class AvatarLinks:
    """Where the avatar's resources lie."""

    self: str
    glb: str
    vrm: str
    usdz: str
    obj: str
    ply: str
    stl: str


@dataclass(frozen=True, kw_only=True)
class AvatarPage:
    """Avatars, newest first."""

    data: list[Avatar]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class BatchDraft:
    """Avatars to make."""

    rows: list[BatchRow]


@dataclass(frozen=True, kw_only=True)
class BatchRow:
    """One avatar of a batch."""

    measurements: dict[str, float] | None = None
    """Any of the 15 measurements, in millimetres; the rest is estimated."""
    body_type: Literal["feminine", "masculine", "neutral"]
    """Completes what the measurements leave open."""
    weight_kg: float | None = None
    """Helps to estimate what is missing."""
    age: float | None = None
    """Helps to estimate what is missing, in years."""
    seed: int | None = None
    """0 is the most typical person."""
    look: LookInput | None = None
    outfit: list[OutfitItemInput] | None = None
    """From the skin outwards."""
    pose: str | None = None
    """The pose that its files show where none is asked for: one of the catalogue, or the UUID of one of your own."""
    reference: str | None = None
    """Your own name for it, which comes back with its receipt."""


@dataclass(frozen=True, kw_only=True)
class BesideLine:
    """A reading that is reported beside the 15."""

    name: str
    delivered_mm: float
    tape: list[list[float]]


@dataclass(frozen=True, kw_only=True)
class ColorOption:
    """A colour on offer."""

    color: str
    """sRGB, `#rrggbb`."""
    name: LocalizedText


@dataclass(frozen=True, kw_only=True)
class Consent:
    """One entry of the ledger. The latest on a purpose is the one that stands."""

    id: str
    purpose: Literal["face_photos", "improve_models"]
    policy_version: str
    given: bool
    created_at: datetime
    address: str
    """Network address that it came from."""
    agent: str
    """What the program that sent it said of itself."""


@dataclass(frozen=True, kw_only=True)
class ConsentDraft:
    """A consent that is given, or taken back."""

    purpose: Literal["face_photos", "improve_models"]
    policy_version: str
    """Version of the policy that you were shown."""
    given: bool
    """Whether you consent; false takes it back."""


@dataclass(frozen=True, kw_only=True)
class ConsentPage:
    """Some of the caller's entries, newest first."""

    data: list[Consent]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """Who signs up or logs in."""

    email: str
    password: str
    """Used exactly as given."""


@dataclass(frozen=True, kw_only=True)
class CreditEntry:
    """One line of a statement."""

    number: int
    """Counts a person's lines from 1, without gaps."""
    kind: Literal["grant", "reserve", "capture", "release"]
    change: int
    """Of the balance."""
    held_change: int
    balance: int
    """What the line left to be spent."""
    held: int
    """What the line left held."""
    job_id: str | None
    """The job that it is about; null for a grant."""
    reason: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class CreditEntryPage:
    """A page of a statement, newest first."""

    data: list[CreditEntry]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class CreditGrant:
    """Credits for somebody."""

    account_id: str
    credits: int
    """Negative ones are taken back, at most what can be spent."""
    reason: str
    """Stands on the statement."""


@dataclass(frozen=True, kw_only=True)
class Credits:
    """What a person has."""

    balance: int
    """Credits that can be spent."""
    held: int
    """Credits held for jobs under way."""


@dataclass(frozen=True, kw_only=True)
class CustomBackground:
    """A picture of your own. Its id may stand wherever a background is asked for."""

    id: str
    name: str
    width: int
    """Pixels, upright."""
    height: int
    """Pixels, upright."""
    created_at: datetime
    links: CustomBackgroundLinks


@dataclass(frozen=True, kw_only=True)
class CustomBackgroundLinks:
    """Where the background lies."""

    picture: str


@dataclass(frozen=True, kw_only=True)
class CustomBackgroundPage:
    """A page of your backgrounds."""

    data: list[CustomBackground]
    """Newest first."""
    next_cursor: str | None
    """`cursor` of the next page; null on the last."""


@dataclass(frozen=True, kw_only=True)
class CustomPose:
    """A pose of your own. Its id may stand wherever a pose of the catalogue may."""

    id: str
    name: str
    source: Literal["photo", "motion"]
    created_at: datetime
    joints: list[JointTurn]
    """Those that are turned; others are as in the A pose."""
    support: Literal["feet", "seat", "floor"]
    """What carries the body: `feet`, `seat`, or `floor` for knees, hands or the body itself."""
    clamped_bones: list[str]
    """Joints that were turned back to what a body can do."""
    unknown_bones: list[str]
    """Joints that could not be seen or were not in the file, and are at ease."""
    links: CustomPoseLinks


@dataclass(frozen=True, kw_only=True)
class CustomPoseLinks:
    """Where the pose lies."""

    self: str


@dataclass(frozen=True, kw_only=True)
class CustomPosePage:
    """A page of your poses."""

    data: list[CustomPose]
    """Newest first."""
    next_cursor: str | None
    """`cursor` of the next page; null on the last."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One event on its way to one webhook."""

    id: str
    message_id: str
    """`webhook-id`, the same in every attempt: what your server knows repeats by."""
    event: Literal["job.completed", "job.failed", "job.cancelled"] | Literal["webhook.test"]
    state: Literal["waiting", "delivered", "exhausted", "cancelled"]
    attempts: int
    """Made since the last replay."""
    status: int | None
    """HTTP status of the last answer; null where there was none."""
    error: str | None
    """Why the last attempt failed, such as `timeout`; null where it did not."""
    created_at: datetime
    attempted_at: datetime | None
    next_attempt_at: datetime | None
    """Null where no attempt is to come."""


@dataclass(frozen=True, kw_only=True)
class DeliveryPage:
    """Deliveries, the newest first."""

    data: list[Delivery]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class Ease:
    """How much room a garment wants around the body."""

    zone: Literal["chest", "waist", "hip", "upperArm", "thigh"]
    least_mm: float
    ideal_mm: float
    most_mm: float


@dataclass(frozen=True, kw_only=True)
class EmailProof:
    """The link of a letter, for a proof of the address."""

    token: str


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """One measurement, known or estimated."""

    name: str
    value_mm: float
    source: Literal["asked", "estimated"]
    interval_mm: tuple[float, float]
    """Where 90 % of people lie, given what was asked."""
    limits_mm: tuple[float, float]
    """Smallest and largest number that is taken."""


@dataclass(frozen=True, kw_only=True)
class Estimates:
    """The 15, in their order."""

    data: list[Estimate]


@dataclass(frozen=True, kw_only=True)
class Face:
    """A face: 468 points with a picture."""

    id: str
    created_at: datetime
    expires_at: datetime | None
    """When it is deleted by itself; null for one that stays."""
    features: FacialFeatures
    vertex_count: int
    face_count: int
    """Triangles."""
    size: int
    """Bytes of the file."""
    scale_source: Literal["iris", "pupil_distance"]
    """What gave the face its size."""
    model_version: str
    generation_ms: int
    """From the photos to the stored face."""
    inference_ms: int
    """Of it in the networks."""
    download_count: int
    links: FaceLinks


@dataclass(frozen=True, kw_only=True)
class FaceChoice:
    """A face to put on an avatar."""

    face_id: str


@dataclass(frozen=True, kw_only=True)
class FaceLinks:
    """Where the face's resources lie."""

    self: str
    glb: str


@dataclass(frozen=True, kw_only=True)
class FacePage:
    """Faces, newest first."""

    data: list[Face]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class FacialFeatures:
    """What the photos say. What cannot be told is null, and `reasons` says why."""

    expressions: dict[str, FoundTrait]
    accessories: dict[str, FoundTrait]
    face_shape: Literal["oval", "round", "square", "heart", "oblong", "diamond"] | None
    face_shape_scores: dict[str, float]
    """Score of each shape, 0 to 1."""
    skin: MeasuredColor | None
    monk_tone: int | None
    """On the Monk Skin Tone Scale."""
    eyes: MeasuredColor | None
    """The irises."""
    reasons: dict[str, str]
    """Why a member is null, by its name."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One field that was refused."""

    field: str
    """Path in the request, such as `measurements.waist_girth`."""
    code: str
    """Rule that it broke."""
    message: str
    """The same for people."""
    limit: str | None
    """The bound that it broke, where there is one."""


@dataclass(frozen=True, kw_only=True)
class FittedLine:
    """What the tape reads on the fitted body in the standing pose."""

    name: str
    delivered_mm: float
    tape: list[list[float]]


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """Whose password is forgotten."""

    email: str


@dataclass(frozen=True, kw_only=True)
class FoundTrait:
    """Something that was looked for."""

    present: bool | None
    """Null where it cannot be told."""
    score: float
    """How sure that is, 0 to 1."""
    reason: str | None
    """Why it cannot be told."""


@dataclass(frozen=True, kw_only=True)
class Garment:
    """A garment."""

    id: str
    category: Literal["dress", "skirt", "sweater", "tshirt", "trousers"]
    name: LocalizedText
    sizes: list[SizeOption]
    colors: list[ColorOption]
    ease: list[Ease]
    licence: str


@dataclass(frozen=True, kw_only=True)
class GarmentList:
    """Garments, in the catalogue's order."""

    data: list[Garment]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class Generation:
    """A picture of a person in a pose."""

    id: str
    """The job's as well."""
    pose_id: str
    quality: Literal["sd", "hd"]
    style: Literal["realistic", "cartoon", "anime"]
    state: Literal["pending", "processing", "completed", "failed", "cancelled"]
    """The last three are final."""
    progress_percent: int
    queue_position: int | None
    """Its place among those that wait, 1 for the next. Null when it does not wait, and in lists."""
    priority: bool
    credits: int
    """What it costs; nothing unless it completes."""
    error: JobError | None
    clamped_bones: list[str]
    """Joints that were turned back to what a body can do."""
    created_at: datetime
    ended_at: datetime | None
    links: GenerationLinks


@dataclass(frozen=True, kw_only=True)
class GenerationLinks:
    """Where more is to be had."""

    self: str
    job: str
    """Its progress and its events."""
    picture: str | None
    """Null until it is drawn."""
    photo: str | None
    """Null where it is not kept."""


@dataclass(frozen=True, kw_only=True)
class GenerationMeta:
    """Where a page lies in the list."""

    total: int
    limit: int
    offset: int
    has_more: bool


@dataclass(frozen=True, kw_only=True)
class GenerationPage:
    """Pictures, newest first."""

    data: list[Generation]
    meta: GenerationMeta
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class GenerationStats:
    """Sums over the pictures that are not deleted."""

    total: int
    completed: int
    failed: int
    mean_processing_seconds: float
    """From a worker's beginning to the end, of those completed."""
    credits_used: int
    """What those completed have cost."""


@dataclass(frozen=True, kw_only=True)
class Generations:
    """Pictures that were accepted together."""

    data: list[Generation]
    """In the order of the poses."""
    credits: int
    """What all of them cost."""


@dataclass(frozen=True, kw_only=True)
class Hairstyle:
    """A hairstyle."""

    id: str
    name: LocalizedText
    colors: list[ColorOption]


@dataclass(frozen=True, kw_only=True)
class HairstyleList:
    """Hairstyles, in the catalogue's order."""

    data: list[Hairstyle]
    next_cursor: None = None


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job."""

    id: str
    kind: Literal["avatar_batch", "avatar_from_photos", "pose_generation", "video"]
    state: Literal["pending", "processing", "completed", "failed", "cancelled"]
    """The last three are final."""
    progress_percent: int
    queue_position: int | None
    """Its place among those that wait, 1 for the next; counted to 1,000. Null when it does not wait, and in lists."""
    lane: Literal["normal", "priority"]
    credits: int
    """Held when it was accepted: the most that it costs. What is not made is not paid."""
    items: JobItems
    error: JobError | None
    revision: int
    """Grows with every change."""
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    results: list[JobResult]
    """Empty until it has completed."""
    avatar_id: str | None
    """The avatar that it has made of photos; null until it has completed, and for other kinds."""
    face_id: str | None
    """The same for the face."""
    links: JobLinks


@dataclass(frozen=True, kw_only=True)
class JobError:
    """Why a job failed."""

    code: str
    """For machines."""
    message: str
    """For people, in the request's language."""
    photos: list[PhotoFault]
    """Which photos are the cause, where it is photos."""


@dataclass(frozen=True, kw_only=True)
class JobItems:
    """What has come of the things that a job was asked for."""

    total: int
    made: int
    failed: int
    """Those that cannot be made; the receipts say why."""


@dataclass(frozen=True, kw_only=True)
class JobLinks:
    """Where more is to be had."""

    self: str
    events: str
    """Every change of the job, as server-sent events."""


@dataclass(frozen=True, kw_only=True)
class JobPage:
    """Jobs, newest first."""

    data: list[Job]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class JobResult:
    """A file that a job has made."""

    name: str
    href: str
    media_type: str
    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True, kw_only=True)
class JointTurn:
    """How a joint is turned from the A pose, as a glTF node's rotation."""

    bone: str
    rotation: list[float]
    """Unit quaternion x, y, z, w, beside the bone's parent."""


@dataclass(frozen=True, kw_only=True)
class LocalizedText:
    """A name in every language of the platform."""

    en: str
    fr: str


@dataclass(frozen=True, kw_only=True)
class Look:
    """Skin and hair."""

    skin: str
    hairstyle: str
    hair_color: str


@dataclass(frozen=True, kw_only=True)
class LookChange:
    """A change of skin and hair; what is left out stays."""

    skin: str | None = None
    hairstyle: str | None = None
    """Empty for no hair."""
    hair_color: str | None = None
    """Empty for the hairstyle's first."""


@dataclass(frozen=True, kw_only=True)
class LookInput:
    """Skin and hair, by catalogue ids; what is left out takes the catalogue's default."""

    skin: str | None = None
    hairstyle: str | None = None
    """No hair where it is left out."""
    hair_color: str | None = None


@dataclass(frozen=True, kw_only=True)
class MeasuredColor:
    """A colour that was measured, in sRGB."""

    hex: str
    """`#rrggbb`."""
    confidence: float
    """How sure that is, 0 to 1."""


@dataclass(frozen=True, kw_only=True)
class NewApiKey:
    """A key that was just made."""

    id: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    """When it was last used, to the hour."""
    key: str
    """For the Authorization header, as a bearer token. It is shown this once."""


@dataclass(frozen=True, kw_only=True)
class NewPassword:
    """A new password, with the link of a letter."""

    token: str
    password: str


@dataclass(frozen=True, kw_only=True)
class NewShare:
    """A link that was made just now. Its addresses are told this once."""

    id: str
    avatar_id: str | None
    generation_id: str | None
    title: str
    created_at: datetime
    expires_at: datetime
    url: str
    """A page with the picture, for people and for networks that show links."""
    picture_url: str
    """The picture alone."""


@dataclass(frozen=True, kw_only=True)
class OutfitItem:
    """One garment."""

    garment_id: str
    size: str
    color: str


@dataclass(frozen=True, kw_only=True)
class OutfitItemInput:
    """One garment."""

    garment_id: str
    size: str
    color: str | None = None
    """`#rrggbb` of the garment's colours; its first where it is left out."""


@dataclass(frozen=True, kw_only=True)
class PasswordChange:
    """A new password, with the old one."""

    current: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person as far as known."""

    measurements: dict[str, float] | None = None
    """Any of the 15 measurements, in millimetres; the rest is estimated."""
    body_type: Literal["feminine", "masculine", "neutral"]
    """Completes what the measurements leave open."""
    weight_kg: float | None = None
    """Helps to estimate what is missing."""
    age: float | None = None
    """Helps to estimate what is missing, in years."""


@dataclass(frozen=True, kw_only=True)
class PhotoFault:
    """Why a photo cannot be used, and what to do about it."""

    field: Literal["front", "left", "right", "photo"]
    """Which photo."""
    filename: str
    """As you called it."""
    code: str
    message: str
    """For people, in the request's language."""
    limit: str | None
    """The bound that it broke, where there is one."""


@dataclass(frozen=True, kw_only=True)
class Policies:
    """The policies in force, one for each purpose."""

    data: list[Policy]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A policy in force."""

    purpose: Literal["face_photos", "improve_models"]
    version: str


@dataclass(frozen=True, kw_only=True)
class Pose:
    """A pose with its joints."""

    id: str
    name: LocalizedText
    """Short, without which side."""
    description: LocalizedText
    """What it looks like, in a sentence: for who does not see the picture."""
    category: str
    tags: list[str]
    difficulty: Literal["easy", "medium", "hard"]
    suits: list[Literal["feminine", "masculine", "neutral"]]
    support: Literal["feet", "seat", "floor"]
    """What carries the body; a seat is shown in pictures."""
    links: PoseLinks
    joints: list[JointTurn]
    """Bones that are not named do not turn beside their parents."""


@dataclass(frozen=True, kw_only=True)
class PoseCategory:
    """A kind of pose."""

    id: str
    name: LocalizedText
    count: int
    """Poses of it."""


@dataclass(frozen=True, kw_only=True)
class PoseFacets:
    """What poses can be sorted by."""

    categories: list[PoseCategory]
    """In the library's order."""
    tags: list[PoseTag]
    """By their names."""


@dataclass(frozen=True, kw_only=True)
class PoseLinks:
    """Where more of a pose is."""

    self: str
    """The pose with its joints."""
    picture: str
    """A picture of it as WebP."""


@dataclass(frozen=True, kw_only=True)
class PoseList:
    """Poses, in the library's order."""

    data: list[PoseSummary]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class PoseSummary:
    """A pose without its joints."""

    id: str
    name: LocalizedText
    """Short, without which side."""
    description: LocalizedText
    """What it looks like, in a sentence: for who does not see the picture."""
    category: str
    tags: list[str]
    difficulty: Literal["easy", "medium", "hard"]
    suits: list[Literal["feminine", "masculine", "neutral"]]
    support: Literal["feet", "seat", "floor"]
    """What carries the body; a seat is shown in pictures."""
    links: PoseLinks


@dataclass(frozen=True, kw_only=True)
class PoseTag:
    """A word that poses have."""

    tag: str
    count: int
    """Poses that have it."""


@dataclass(frozen=True, kw_only=True)
class Prices:
    """What work costs, in credits."""

    avatar: int
    """From measurements."""
    preview: int
    batch_avatar: int
    """Each avatar of a batch."""
    face_avatar: int
    pose_picture: int
    try_on: int
    turntable: int
    hd: int
    """Added to a pose picture or a try-on in high resolution."""
    priority: int
    """Added to a pose picture or a try-on in the priority lane."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What every refusal looks like."""

    success: Literal[False] = False
    error: str
    """For people, in the request's language."""
    code: str
    """For machines."""
    details: list[Fault] | dict[str, int] | dict[str, str]
    """The fields that were refused; for `insufficient_credits`, the credits `needed` and `available`; for
    `insufficient_scope`, the `scope`; for `consent_required` and `policy_not_in_force`, the `purpose` and `version`.
    """
    request_id: str
    retryable: bool
    """Whether the same request may work later."""


@dataclass(frozen=True, kw_only=True)
class ProfileChange:
    """What a person says of themselves; what is left out stays."""

    display_name: str | None = None
    language: Literal["en", "fr"] | None = None
    job_letters: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What was delivered."""

    measurements: list[ReceiptLine]
    beside: list[BesideLine]
    volume_l: float | None
    """Litres inside the skin; null on avatars from before it was measured."""
    surface_area_m2: float | None
    """Square metres of skin; null on avatars from before it was measured."""
    weight: WeightLine | None
    """Null on avatars from before it was estimated."""
    within_iso20685: bool
    point_count: int
    vertex_count: int
    face_count: int


@dataclass(frozen=True, kw_only=True)
class ReceiptLine:
    """One measurement, proved."""

    name: str
    asked_mm: float | None
    """The person's number; null where it was estimated."""
    target_mm: float
    """What the body was made for."""
    delivered_mm: float
    """What the tape reads on the finished mesh."""
    error_mm: float
    source: Literal["asked", "estimated"]
    interval_mm: tuple[float, float]
    """Where 90 % of people lie, given what was asked."""
    feasible: bool
    """False where the nearest possible body was made."""
    tape: list[list[float]]
    """Where the tape lies: metres, in the GLB's frame."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Everything that made an avatar: it alone rebuilds the same file."""

    measurements: dict[str, float]
    body_type: Literal["feminine", "masculine", "neutral"]
    seed: int
    weight_kg: float | None
    age: float | None
    model_version: str
    look: Look
    outfit: list[OutfitItem]
    face: RecipeFace | None
    """Null for a face of nobody."""
    pose: str | None
    """What its files show where no pose is asked for; null for the A pose."""


@dataclass(frozen=True, kw_only=True)
class RecipeFace:
    """A person's face on an avatar."""

    id: str
    """The face that it was taken from, which may be gone."""
    skin_color: str
    """`#rrggbb`, the skin around the face."""
    eye_color: str | None
    """`#rrggbb` of the irises; null where it could not be told."""


@dataclass(frozen=True, kw_only=True)
class RefreshToken:
    """A session, by its newest refresh token."""

    refresh_token: str


@dataclass(frozen=True, kw_only=True)
class Registration:
    """The template fitted to a scan."""

    score: float
    """How well the scan is explained by a person, 0 to 1."""
    mean_distance_mm: float
    """Mean distance of the scan from the fitted body, of what is within 30 mm."""
    inlier_share: float
    """Share of the scan within 10 mm of the fitted body."""
    measurements: list[FittedLine]
    """The 15, in their order."""
    beside: list[BesideLine]
    volume_l: float
    """Litres inside the fitted body's skin."""
    surface_area_m2: float
    """Square metres of its skin."""


@dataclass(frozen=True, kw_only=True)
class Scan:
    """A scan."""

    id: str
    created_at: datetime
    report: ScanReport
    registration: Registration | None
    """Null where none was asked for."""
    links: ScanLinks


@dataclass(frozen=True, kw_only=True)
class ScanLinks:
    """Where the scan's resources lie."""

    self: str
    mesh: str
    """The watertight mesh, as PLY."""
    body: str | None
    """The fitted body as a rigged GLB; null where none was asked for."""


@dataclass(frozen=True, kw_only=True)
class ScanReport:
    """What a scan was found to be."""

    point_count: int
    """Points in the upload."""
    outlier_count: int
    """Points that were dropped as outliers."""
    metres_per_unit: float
    """Unit of the upload, as guessed from its height."""
    height_mm: float
    vertex_count: int
    """Vertices of the watertight mesh."""
    face_count: int
    """Triangles of the watertight mesh."""
    watertight: bool
    """Every edge of the mesh belongs to two triangles."""
    volume_l: float
    """Litres inside the mesh."""


Scope = Literal[
    "avatars:read", "avatars:write", "jobs:read", "jobs:write", "catalog:read", "credits:read", "account:read"
]
"""A word in the ``scope`` claim of an access token, and in ``(atelier.common.v1.scopes)`` of a method."""


@dataclass(frozen=True, kw_only=True)
class SeededPerson:
    """A person, chosen among all who have the same measurements."""

    measurements: dict[str, float] | None = None
    """Any of the 15 measurements, in millimetres; the rest is estimated."""
    body_type: Literal["feminine", "masculine", "neutral"]
    """Completes what the measurements leave open."""
    weight_kg: float | None = None
    """Helps to estimate what is missing."""
    age: float | None = None
    """Helps to estimate what is missing, in years."""
    seed: int | None = None
    """0 is the most typical person."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """One log-in."""

    id: str
    device: str
    """What the client called itself; empty where it said nothing."""
    current: bool
    """Whether it is the caller's own."""
    created_at: datetime
    used_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Sessions:
    """Where the caller is logged in, the session that was used last first."""

    data: list[Session]


@dataclass(frozen=True, kw_only=True)
class Share:
    """A link."""

    id: str
    avatar_id: str | None
    generation_id: str | None
    title: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class ShareDraft:
    """A link to make: to an avatar, drawn as you say, or to a finished generation."""

    avatar_id: str | None = None
    generation_id: str | None = None
    title: str | None = None
    """What people read beside the picture."""
    hours: int | None = None
    """How long the link holds."""
    pose: str | None = None
    """A pose of the catalogue, the UUID of one of your own, or `A`; the avatar's own by default."""
    camera: Literal["portrait", "fullbody", "side", "back", "fit"] | None = None
    style: Literal["realistic", "cartoon", "anime"] | None = None
    size: int | None = None
    """Pixels a side; 1024 by default. Networks that show links want 200 at least."""
    background: str | None = None
    """As in the query of an avatar's picture."""


@dataclass(frozen=True, kw_only=True)
class SharePage:
    """A page of your links, without their addresses."""

    data: list[Share]
    """Newest first."""
    next_cursor: str | None
    """`cursor` of the next page; null on the last."""


@dataclass(frozen=True, kw_only=True)
class SizeAdvice:
    """Which size suits."""

    recommended: str
    confidence: float
    sizes: list[SizeFit]
    """Every size, smallest first."""


@dataclass(frozen=True, kw_only=True)
class SizeFit:
    """One size on one body."""

    label: str
    score: float
    zones: list[ZoneFit]


@dataclass(frozen=True, kw_only=True)
class SizeOption:
    """A size on offer."""

    label: str
    girths_mm: dict[str, float]
    """Finished girths of the garment."""


@dataclass(frozen=True, kw_only=True)
class SizeQuestion:
    """Whose size of what."""

    avatar_id: str | None = None
    """One of the caller's avatars; its delivered measurements are used."""
    measurements: dict[str, float] | None = None
    """Or the body's measurements, in millimetres."""
    garment_id: str


@dataclass(frozen=True, kw_only=True)
class Skin:
    """A skin tone."""

    id: str
    color: str
    name: LocalizedText


@dataclass(frozen=True, kw_only=True)
class SkinList:
    """Skin tones, lightest first."""

    data: list[Skin]
    next_cursor: None = None


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """What opens the API."""

    access_token: str
    """For the Authorization header."""
    refresh_token: str
    """Works once; the answer holds the next."""
    expires_in: int
    """Life of the access token, in seconds."""


@dataclass(frozen=True, kw_only=True)
class User:
    """An account as administrators see it."""

    id: str
    email: str
    email_verified: bool
    """Whether the person has shown that the address is theirs; without it there are no credits."""
    display_name: str
    """Empty where nothing was said."""
    language: Literal["en", "fr"]
    """Of letters to the person."""
    job_letters: bool
    """Whether the person gets a letter when a job ends."""
    role: Literal["user", "admin"]
    tier: Literal["free", "pro", "unlimited"]
    """How much the account may ask of the platform."""
    created_at: datetime
    disabled: bool
    """Whether an administrator has closed it."""


@dataclass(frozen=True, kw_only=True)
class UserChange:
    """What an account may do; what is left out stays."""

    role: Literal["user", "admin"] | None = None
    tier: Literal["free", "pro", "unlimited"] | None = None
    disabled: bool | None = None


@dataclass(frozen=True, kw_only=True)
class UserPage:
    """A page of accounts, the newest first."""

    data: list[User]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """A server of yours that hears of events."""

    id: str
    url: str
    events: list[Literal["job.completed", "job.failed", "job.cancelled"]]
    """What it hears of; empty for everything."""
    enabled: bool
    disabled_reason: Literal["by_owner", "gone"] | None
    """Why it gets nothing: you switched it off, or it answered 410; null where it does."""
    disabled_at: datetime | None
    created_at: datetime
    old_secret_expires_at: datetime | None
    """Until when the secret before the last rotation signs along."""


@dataclass(frozen=True, kw_only=True)
class WebhookChange:
    """What is left out stays."""

    url: str | None = None
    """An https address with a public host name."""
    events: list[Literal["job.completed", "job.failed", "job.cancelled"]] | None = None
    """In place of all that it heard of; empty for everything."""
    enabled: bool | None = None
    """Whether it gets events; what happened while it did not is not sent later."""


@dataclass(frozen=True, kw_only=True)
class WebhookDraft:
    """A server of yours that is to hear of events."""

    url: str
    """An https address with a public host name."""
    events: list[Literal["job.completed", "job.failed", "job.cancelled"]] | None = None
    """What it hears of; empty for everything, also for what there will be later."""


@dataclass(frozen=True, kw_only=True)
class WebhookList:
    """The caller's webhooks, the oldest first."""

    data: list[Webhook]


@dataclass(frozen=True, kw_only=True)
class WebhookWithSecret:
    """A webhook with its new secret."""

    id: str
    url: str
    events: list[Literal["job.completed", "job.failed", "job.cancelled"]]
    """What it hears of; empty for everything."""
    enabled: bool
    disabled_reason: Literal["by_owner", "gone"] | None
    """Why it gets nothing: you switched it off, or it answered 410; null where it does."""
    disabled_at: datetime | None
    created_at: datetime
    old_secret_expires_at: datetime | None
    """Until when the secret before the last rotation signs along."""
    secret: str
    """`whsec_…`, for the libraries of Standard Webhooks; it is shown this once."""


@dataclass(frozen=True, kw_only=True)
class WeightLine:
    """The weight: no tape reads it, so it is what people of the delivered measurements weigh."""

    asked_kg: float | None
    """The person's number; null where none was given."""
    estimated_kg: float
    """Median of people who have the delivered measurements."""
    error_kg: float | None
    """Estimated minus asked."""
    interval_kg: tuple[float, float]
    """Where 90 % of them lie."""


@dataclass(frozen=True, kw_only=True)
class ZoneFit:
    """One zone of one size on one body."""

    zone: Literal["chest", "waist", "hip", "upperArm", "thigh"]
    body_mm: float
    garment_mm: float
    ease_mm: float
    """Garment minus body: negative means that the cloth must stretch."""
    fit: Literal["tight", "good", "loose"]
