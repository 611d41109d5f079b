import { beforeEach, describe, expect, it } from "vitest";
import { PoseCalls } from "../src/api/poses";
import type { CustomPose, PoseSummary } from "../src/api/schema";
import { Avatars } from "../src/state/avatars";
import { BodyDraft } from "../src/state/body";
import { OwnPoses } from "../src/state/own-poses";
import { PoseLibrary } from "../src/state/poses";
import { Wardrobe } from "../src/state/wardrobe";
import { avatar, empty, json, listed, Platform, problem } from "./platform";

const POSES = "GET /v1/catalog/poses";
const READ = "POST /v1/poses";
const PATCH = "PATCH /v1/avatars/avatar-1";

let platform: Platform;

beforeEach(() => {
  platform = new Platform();
});

function pose(id: string): PoseSummary {
  const links = { self: `/v1/catalog/poses/${id}`, picture: `/v1/catalog/poses/${id}.webp` };
  const description = { en: `${id}, in a sentence`, fr: `${id}, en une phrase` };
  return { id, name: { en: id, fr: id }, description, category: "yoga", tags: [], difficulty: "easy", suits: [], support: "feet", links };
}

describe("the library", () => {
  let library: PoseLibrary;
  let asked: string[];

  beforeEach(() => {
    library = new PoseLibrary(new PoseCalls(platform.client));
    asked = [];
    platform.on("GET /v1/catalog/poses/facets", () => json({ categories: [], tags: [] }));
    platform.on(POSES, ({ query }) => {
      asked.push(query);
      return query.includes("cursor=") ? listed([pose("c")]) : listed([pose("a"), pose("b")], "next");
    });
  });

  it("is fetched once, however often its panel is opened", async () => {
    await Promise.all([library.open(), library.open()]);
    await library.open();
    expect(asked).toEqual(["limit=48"]);
    expect(library.poses.items.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("looks words up when they rest, and keeps to them on the next page", async () => {
    await library.open();
    library.want({ words: "ar" });
    library.want({ words: " arbre ", difficulty: "hard", suits: "feminine", category: "yoga" });
    await library.settled();
    await library.poses.more();
    const wish = "limit=48&q=arbre&category=yoga&difficulty=hard&suits=feminine";
    expect(asked).toEqual(["limit=48", wish, `${wish}&cursor=next`]);
    library.wantAll();
    await library.settled();
    expect([library.isNarrowed, asked.at(-1)]).toEqual([false, "limit=48"]);
  });

  it("is there without its categories", async () => {
    platform.on("GET /v1/catalog/poses/facets", () => problem(503, "overloaded", "Later."));
    await library.open();
    expect([library.facets, library.poses.items.length]).toEqual([null, 2]);
  });
});

describe("an avatar", () => {
  it("takes a pose, and keeps it when only its clothes change", async () => {
    const body = new BodyDraft(platform.api);
    const wardrobe = new Wardrobe(platform.api);
    const avatars = new Avatars(platform.api, body, wardrobe);
    let kept: string | null = null;
    platform.on(PATCH, ({ body: change }) => {
      const { pose: wanted } = change as { pose?: string };
      if (wanted !== undefined) kept = wanted || null;
      const made = avatar("avatar-1", { measurements: {}, bodyType: "neutral", look: {}, outfit: [] });
      return json({ ...made, recipe: { ...made.recipe, pose: kept } });
    });
    await avatars.make();
    for (const choice of ["tree", "tree", null]) {
      wardrobe.choosePose(choice);
      await avatars.settled();
    }
    const told = platform.calls(PATCH).map((change) => (change as { pose?: string }).pose);
    expect(told).toEqual(["tree", undefined, ""]);
  });

  it("is made in the pose that was chosen before", async () => {
    const body = new BodyDraft(platform.api);
    const wardrobe = new Wardrobe(platform.api);
    const avatars = new Avatars(platform.api, body, wardrobe);
    wardrobe.choosePose("tree");
    await avatars.make();
    expect(platform.calls("POST /v1/avatars")).toMatchObject([{ pose: "tree" }]);
  });
});

describe("a pose of one's own", () => {
  let wardrobe: Wardrobe;
  let own: OwnPoses;
  let size: { width: number; height: number };

  beforeEach(() => {
    wardrobe = new Wardrobe(platform.api);
    size = { width: 800, height: 600 };
    own = new OwnPoses(new PoseCalls(platform.client), wardrobe, () => Promise.resolve(size));
    platform.on(READ, () => json(mine("pose-1"), 201));
  });

  function mine(id: string): Partial<CustomPose> {
    return { id, name: "Mine", source: "motion", clampedBones: [], unknownBones: [], createdAt: "2026-01-02T03:04:05Z" };
  }

  async function form(): Promise<FormData> {
    const [{ body, headers } = { body: "", headers: new Headers() }] = platform.requests(READ);
    return new Response(body as string, { headers: { "content-type": headers.get("content-type") ?? "" } }).formData();
  }

  it.each([
    ["dance.BVH", "", ["name", "frame", "motion"]],
    ["me.jpg", "image/jpeg", ["name", "photo"]],
  ])("is read from %s, kept and worn", async (name, type, fields) => {
    await own.choose(new File(["x"], name, { type }));
    expect(await own.read("Mine", 3)).toBe(true);
    expect([...(await form()).keys()]).toEqual(fields);
    expect([wardrobe.pose, own.poses.items.length, own.choice]).toEqual(["pose-1", 1, null]);
  });

  it("is not read from a picture that is too small", async () => {
    size = { width: 10, height: 10 };
    await own.choose(new File(["x"], "me.jpg", { type: "image/jpeg" }));
    expect(own.choice?.fault).not.toBeNull();
    expect(await own.read("Mine", 0)).toBe(false);
    expect(platform.calls(READ)).toEqual([]);
  });

  it("is asked for once though the answer gets lost, and anew after a refusal", async () => {
    platform.on(READ, () => problem(503, "overloaded", "Later."));
    await own.choose(new File(["x"], "dance.bvh"));
    await own.read("Mine", 9);
    platform.on(READ, () => problem(400, "frame_missing", "The motion is shorter."));
    await own.read("Mine", 9);
    await own.read("Mine", 9);
    const [lost, refused, again] = platform.requests(READ).map(({ headers }) => headers.get("idempotency-key"));
    expect(lost).toBe(refused);
    expect(again).not.toBe(refused);
    expect(own.choice).not.toBeNull(); // another frame of the same file may do
  });

  it("is taken off before it is deleted", async () => {
    platform.on("DELETE /v1/poses/pose-1", () => empty());
    await own.choose(new File(["x"], "dance.bvh"));
    await own.read("Mine", 0);
    const [pose] = own.poses.items;
    expect(pose && (await own.remove(pose))).toBe(true);
    expect([wardrobe.pose, own.poses.items]).toEqual([null, []]);
  });
});
