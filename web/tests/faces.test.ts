import { beforeEach, describe, expect, it } from "vitest";
import { JobFailed } from "../src/api/errors";
import { FaceCalls, SLOTS, type Slot } from "../src/api/faces";
import { JobCalls } from "../src/api/jobs";
import { Avatars } from "../src/state/avatars";
import { BodyDraft } from "../src/state/body";
import { Faces } from "../src/state/faces";
import { checkPhoto, type Size } from "../src/state/photo-check";
import { Wardrobe } from "../src/state/wardrobe";
import { event, job, stream } from "./job";
import { avatar, empty, json, Platform, problem } from "./platform";

const START = "POST /v1/avatars/from-photos";
const POLICY = { purpose: "face_photos", version: "2026-01" };
const FACE = { id: "face-1", features: { expressions: {}, accessories: {} } };

let platform: Platform;
let avatars: Avatars;
let faces: Faces;
let size: Size | null;

beforeEach(async () => {
  platform = new Platform();
  const body = new BodyDraft(platform.api);
  const wardrobe = new Wardrobe(platform.api);
  avatars = new Avatars(platform.api, body, wardrobe);
  size = { width: 800, height: 600 };
  const parts = { calls: new FaceCalls(platform.client), jobs: new JobCalls(platform.client), avatars, body, wardrobe };
  faces = new Faces({ ...parts, sizeOf: () => Promise.resolve(size) });
  platform.on("GET /v1/consents/policies", () => json({ data: [POLICY] }));
  platform.on("POST /v1/me/consents", () => json({}, 201));
  platform.on(START, () => json(job("a", { kind: "avatar_from_photos" }), 202));
  const done = job("a", { revision: 2, state: "completed", avatarId: "avatar-1", faceId: "face-1" });
  platform.on("GET /v1/jobs/a/events", () => stream(event(done)));
  platform.on("GET /v1/avatars/avatar-1", () => json(faced("face-1")));
  platform.on("GET /v1/faces/face-1", () => json(FACE));
  await faces.consent.load();
});

function faced(id: string | null): object {
  const made = avatar("avatar-1", { measurements: {}, bodyType: "neutral", look: {}, outfit: [] });
  return { ...made, recipe: { ...made.recipe, face: id && { id, skinColor: "#c89678", eyeColor: null } } };
}

function photo(name: string, type = "image/jpeg", bytes = 9): File {
  return new File([new Uint8Array(bytes)], name, { type });
}

async function chooseAll(): Promise<void> {
  for (const slot of SLOTS) await faces.choose(slot, photo(`${slot}.jpg`));
}

async function sent(at = 0): Promise<FormData> {
  const [body, headers] = [platform.calls(START)[at], platform.requests(START)[at]?.headers];
  return new Response(body as string, { headers: { "content-type": headers?.get("content-type") ?? "" } }).formData();
}

describe("a photo", () => {
  it.each([
    ["of another format", photo("a.gif", "image/gif"), { width: 800, height: 600 }],
    ["that is too heavy", photo("a.jpg", "image/jpeg", 10_485_761), { width: 800, height: 600 }],
    ["that cannot be read", photo("a.jpg"), null],
    ["that is too small", photo("a.jpg"), { width: 223, height: 600 }],
    ["that is too large", photo("a.jpg"), { width: 800, height: 4097 }],
  ])("%s is refused before it is sent", async (_, file, read) => {
    expect(await checkPhoto(file, () => Promise.resolve(read))).not.toBeNull();
  });

  it.each([
    [224, 224],
    [4096, 4096],
  ])("of %d by %d is fine", async (width, height) => {
    expect(await checkPhoto(photo("a.jpg"), () => Promise.resolve({ width, height }))).toBeNull();
  });
});

describe("faces", () => {
  it("become avatars that are shown, with what was found", async () => {
    await chooseAll();
    faces.consent.agree(true);
    expect(await faces.make()).toBe(true);
    expect(avatars.shown?.avatar.id).toBe("avatar-1");
    await expect.poll(() => faces.worn?.id).toBe("face-1");
    expect(platform.calls("POST /v1/me/consents")).toEqual([
      { purpose: "face_photos", policyVersion: "2026-01", given: true },
    ]);
    const form = await sent();
    expect([...form.keys()]).toEqual(["consent", "avatar", ...SLOTS]);
    expect(form.get("consent")).toBe("2026-01");
    expect(JSON.parse(form.get("avatar") as string)).not.toHaveProperty("look.skin");
    expect(faces.choice("front")).toBeUndefined(); // nothing of the photos stays on the page
  });

  it("are not sent without three sound photos and a yes", async () => {
    await chooseAll();
    expect(await faces.make()).toBe(false);
    faces.consent.agree(true);
    size = { width: 10, height: 10 };
    await faces.choose("left", photo("small.jpg"));
    expect(faces.choice("left")?.fault).not.toBeNull();
    expect(await faces.make()).toBe(false);
    expect(platform.calls(START)).toEqual([]);
  });

  it("say beside each photo what is wrong with it", async () => {
    const details = [{ field: "right", code: "photo_blurred", message: "Blurred.", limit: null }];
    platform.on(START, () => problem(400, "invalid_photos", "No face.", details));
    await chooseAll();
    faces.consent.agree(true);
    expect(await faces.make()).toBe(false);
    const faults = SLOTS.map((slot: Slot) => faces.choice(slot)?.fault);
    expect(faults).toEqual([null, null, "Blurred."]);
  });

  it("say so of a job that failed", async () => {
    const photos = [{ field: "left" as const, filename: "l.jpg", code: "x", message: "Turn more.", limit: null }];
    const failed = job("a", { revision: 2, state: "failed", error: { code: "invalid_photos", message: "No face.", photos } });
    platform.on("GET /v1/jobs/a/events", () => stream(event(failed)));
    await chooseAll();
    faces.consent.agree(true);
    expect(await faces.make()).toBe(false);
    expect(faces.making.failure).toBeInstanceOf(JobFailed);
    expect(faces.choice("left")?.fault).toBe("Turn more.");
  });

  it("are asked for once, though the answer gets lost", async () => {
    platform.on(START, () => problem(503, "overloaded", "Later."));
    await chooseAll();
    faces.consent.agree(true);
    await faces.make();
    await faces.make();
    const keys = platform.requests(START).map(({ headers }) => headers.get("idempotency-key"));
    expect(new Set(keys).size).toBe(1);
    await faces.choose("left", photo("another.jpg"));
    await faces.make();
    expect(platform.requests(START).at(-1)?.headers.get("idempotency-key")).not.toBe(keys[0]);
  });

  it("are taken off and deleted", async () => {
    await chooseAll();
    faces.consent.agree(true);
    await faces.make();
    await expect.poll(() => faces.worn?.id).toBe("face-1");
    platform.on("DELETE /v1/avatars/avatar-1/face", () => json(faced(null)));
    platform.on("DELETE /v1/faces/face-1", () => empty());
    expect(await faces.remove()).toBe(true);
    await expect.poll(() => faces.worn).toBeNull();
    expect(platform.requests("DELETE /v1/faces/face-1")).toHaveLength(1);
  });
});
