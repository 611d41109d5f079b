import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import { JobNotCompleted } from "../src/index.js";
import { PlatformDouble, events, job, refused, said } from "./platform-double.js";

const PHOTOS = { front: new Blob(["front"]), left: new Blob(["left"]), right: new Blob(["right"]) };

let platform: PlatformDouble;

beforeEach(async () => {
  platform = await PlatformDouble.start();
});

afterEach(async () => {
  await platform[Symbol.asyncDispose]();
});

/** What was filled in, of a form that was sent. */
async function filledIn(at = 0): Promise<Record<string, string>> {
  const asked = platform.asked[at];
  const headers = { "content-type": asked?.headers["content-type"] ?? "" };
  const form = await new Response(asked?.body, { headers }).formData();
  const entries = [...form].map(async ([name, value]) => [name, await new Response(value).text()] as const);
  return Object.fromEntries(await Promise.all(entries));
}

describe("faces from photos", () => {
  it("take one call, and the same form again where it may help", async () => {
    platform.will(refused(503, "overloaded", { "retry-after": "0" }), said({ id: "f-1" }, 201));
    assert.equal((await platform.client().makeFace(PHOTOS, "2026-01", { pupilDistanceMm: 63.5 })).id, "f-1");
    assert.deepEqual(platform.asked.map(({ what }) => what), ["POST /v1/faces", "POST /v1/faces"]);
    for (const at of [0, 1]) {
      assert.deepEqual(await filledIn(at), {
        consent: "2026-01",
        pupilDistanceMm: "63.5",
        front: "front",
        left: "left",
        right: "right",
      });
    }
  });

  it("become avatars in one call", async () => {
    const done = job("completed", 2, { avatarId: "a-1", faceId: "f-1" });
    platform.will(said(job("pending", 1), 202), events(done), said({ id: "a-1" }));
    const seen: number[] = [];
    const avatar = await platform
      .client()
      .makeAvatarFromPhotos(
        PHOTOS,
        "2026-01",
        { draft: { bodyType: "neutral" }, keepPhotos: true },
        { onProgress: ({ revision }) => seen.push(revision) },
      );
    assert.equal(avatar.id, "a-1");
    assert.deepEqual(seen, [2]);
    assert.deepEqual(platform.asked.map(({ what }) => what), [
      "POST /v1/avatars/from-photos",
      "GET /v1/jobs/j-1/events",
      "GET /v1/avatars/a-1",
    ]);
    const { avatar: draft, keepPhotos } = await filledIn();
    assert.deepEqual([draft, keepPhotos], ['{"bodyType":"neutral"}', "true"]);
  });

  it("tell of photos that cannot be used", async () => {
    platform.will(said(job("pending", 1), 202), events(job("failed", 2)));
    await assert.rejects(platform.client().makeAvatarFromPhotos(PHOTOS, "2026-01"), JobNotCompleted);
  });
});
