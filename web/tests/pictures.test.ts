import { beforeEach, describe, expect, it } from "vitest";
import { JobFailed } from "../src/api/errors";
import { JobCalls } from "../src/api/jobs";
import { PictureCalls } from "../src/api/pictures";
import { Avatars } from "../src/state/avatars";
import { BodyDraft } from "../src/state/body";
import { Pictures } from "../src/state/pictures";
import { Wardrobe } from "../src/state/wardrobe";
import { event, job, stream } from "./job";
import { json, Platform, problem } from "./platform";

const PICTURE = "GET /v1/avatars/avatar-1.png";
const FILM = "GET /v1/avatars/avatar-1.mp4";

let platform: Platform;
let avatars: Avatars;
let pictures: Pictures;
let wardrobe: Wardrobe;

beforeEach(async () => {
  platform = new Platform();
  wardrobe = new Wardrobe(platform.api);
  avatars = new Avatars(platform.api, new BodyDraft(platform.api), wardrobe);
  pictures = new Pictures(new PictureCalls(platform.client), new JobCalls(platform.client), avatars);
  platform.on(PICTURE, () => new Response(new Uint8Array([137, 80])));
  await avatars.make();
});

function asked(route: string): readonly string[] {
  return platform.requests(route).map(({ query }) => decodeURIComponent(query));
}

describe("a picture", () => {
  it.each([
    [{}, "camera=fullbody&style=realistic&size=1024"],
    [{ background: "transparent", size: 512 }, "camera=fullbody&style=realistic&background=transparent&size=512"],
    [{ background: "color", color: "#102030", camera: "side" }, "camera=side&style=realistic&background=102030&size=1024"],
    [{ background: "gradient", color: "#102030", lower: "#ffffff", style: "anime" },
      "camera=fullbody&style=anime&background=102030,ffffff&size=1024"],
  ] as const)("is drawn as %o says", async (wish, query) => {
    pictures.want(wish);
    expect(await pictures.draw()).toBe(true);
    expect(asked(PICTURE)).toEqual([query]);
    expect(pictures.picture?.file.type).toBe("image/png");
  });

  it("is of the avatar as it was, and goes when that has changed", async () => {
    await pictures.draw();
    wardrobe.choosePose("tree");
    await avatars.settled();
    expect(pictures.picture).toBeNull();
  });

  it("says why it could not be drawn", async () => {
    platform.on(PICTURE, () => problem(503, "no_driver", "This machine cannot draw."));
    expect(await pictures.draw()).toBe(false);
    expect([pictures.picture, pictures.drawing.failure]).toEqual([null, expect.objectContaining({ code: "no_driver" })]);
  });
});

describe("a turntable", () => {
  it("is waited for, and fetched once its job has completed", async () => {
    let isDrawn = false;
    platform.on(FILM, () => (isDrawn ? new Response(new Uint8Array(8)) : json(job("v", { kind: "video" }), 202)));
    platform.on("GET /v1/jobs/v/events", () => {
      isDrawn = true;
      return stream(event(job("v", { kind: "video", revision: 2, state: "completed" })));
    });
    expect(await pictures.record()).toBe(true);
    expect([pictures.film?.file.size, pictures.job]).toEqual([8, null]);
    expect(asked(FILM)).toEqual(["camera=fullbody&style=realistic", "camera=fullbody&style=realistic"]);
  });

  it("that was drawn before is there at once", async () => {
    platform.on(FILM, () => new Response(new Uint8Array(8)));
    expect(await pictures.record()).toBe(true);
    expect(asked(FILM)).toHaveLength(1);
  });

  it("says why its job failed", async () => {
    platform.on(FILM, () => json(job("v", { kind: "video" }), 202));
    const failed = job("v", { revision: 2, state: "failed", error: { code: "avatar_changed", message: "It was changed.", photos: [] } });
    platform.on("GET /v1/jobs/v/events", () => stream(event(failed)));
    expect(await pictures.record()).toBe(false);
    expect(pictures.filming.failure).toBeInstanceOf(JobFailed);
    expect(pictures.film).toBeNull();
  });
});
