import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FaceCalls } from "../src/api/faces";
import { Desk } from "../src/api/desk";
import { GenerationCalls } from "../src/api/generations";
import { JobCalls } from "../src/api/jobs";
import { BodyDraft } from "../src/state/body";
import { FaceConsent } from "../src/state/face-consent";
import { Generations } from "../src/state/generations";
import { PhotoOrders, type WantedPose } from "../src/state/photo-orders";
import { Wallet } from "../src/state/wallet";
import { Wardrobe } from "../src/state/wardrobe";
import { generation, listed, PATH } from "./generation";
import { event, job, stream } from "./job";
import { DRESS, json, Platform, problem } from "./platform";

const PRICES = { posePicture: 5, hd: 2, priority: 3 };

let platform: Platform;
let wallet: Wallet;
let generations: Generations;
let orders: PhotoOrders;
let wardrobe: Wardrobe;

beforeEach(async () => {
  platform = new Platform();
  const calls = new GenerationCalls(platform.client);
  wallet = new Wallet(new Desk(platform.client));
  generations = new Generations(calls, new JobCalls(platform.client), wallet);
  wardrobe = new Wardrobe(platform.api);
  const [body, consent] = [new BodyDraft(platform.api), new FaceConsent(new FaceCalls(platform.client))];
  const sizeOf = (): Promise<{ width: number; height: number }> => Promise.resolve({ width: 800, height: 600 });
  orders = new PhotoOrders({ calls, consent, generations, body, wardrobe, sizeOf });
  platform.on("GET /v1/consents/policies", () => json({ data: [{ purpose: "face_photos", version: "2026-01" }] }));
  platform.on("POST /v1/me/consents", () => json({}, 201));
  platform.on("GET /v1/credits", () => json({ balance: 95, held: 5 }));
  platform.on("GET /v1/credits/prices", () => json(PRICES));
  platform.on(`GET ${PATH}/stats`, () => json({ total: 1, completed: 0, failed: 0, meanProcessingSeconds: 0, creditsUsed: 0 }));
  platform.on(`GET ${PATH}`, () => listed([]));
  platform.on(`POST ${PATH}`, () => json(generation("a"), 202));
  platform.on("GET /v1/jobs/a/events", () => stream(null));
  await orders.consent.load();
});

afterEach(() => {
  generations.leave();
});

function pose(id: string): WantedPose {
  return { id, name: { en: id, fr: id } };
}

async function fill(...poses: readonly string[]): Promise<void> {
  await orders.choose(new File(["me"], "me.jpg", { type: "image/jpeg" }));
  for (const id of poses) orders.toggle(pose(id));
  orders.consent.agree(true);
}

async function form(route: string): Promise<FormData> {
  const [{ body, headers } = { body: "", headers: new Headers() }] = platform.requests(route);
  return new Response(body as string, { headers: { "content-type": headers.get("content-type") ?? "" } }).formData();
}

describe("an order", () => {
  it("of one pose is sent with the consent, the body and what was chosen", async () => {
    await fill("tree");
    orders.want({ quality: "hd", style: "anime", background: "color", color: "#102030", priority: true });
    expect(orders.priceBy(PRICES as never)).toBe(10);
    expect(await orders.send()).toBe(true);
    expect(platform.calls("POST /v1/me/consents")).toMatchObject([{ policyVersion: "2026-01", given: true }]);
    const { avatar, photo, ...fields } = Object.fromEntries(await form(`POST ${PATH}`));
    expect(fields).toEqual({
      poseId: "tree",
      quality: "hd",
      style: "anime",
      background: "102030",
      priority: "true",
      keepPhoto: "false",
      consent: "2026-01",
    });
    expect(JSON.parse(avatar as string)).toEqual({ bodyType: "feminine", measurements: {} }); // plain clothes
    expect((photo as File).name).toBe("me.jpg");
    expect(orders.results.map(({ id }) => id)).toEqual(["a"]);
    await generations.settled();
    expect(wallet.credits?.balance).toBe(95);
  });

  it("of several poses is a batch, whose last picture is the newest", async () => {
    platform.on(`POST ${PATH}/batch`, () => json({ data: [generation("a"), generation("b")], credits: 10 }, 202));
    await wardrobe.load();
    wardrobe.toggle(DRESS);
    await fill("tree", "lunge", "seat");
    orders.toggle(pose("seat"));
    expect(orders.priceBy(PRICES as never)).toBe(10);
    expect(await orders.send()).toBe(true);
    const sent = await form(`POST ${PATH}/batch`);
    expect(JSON.parse(sent.get("poses") as string)).toEqual(["tree", "lunge"]);
    expect(sent.has("poseId")).toBe(false);
    expect(JSON.parse(sent.get("avatar") as string)).toMatchObject({ outfit: [{ garmentId: DRESS.id }] });
    expect(generations.list.items.map(({ id }) => id)).toEqual(["b", "a"]);
    expect(orders.results.map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("is under way until all of it has ended, or the next one is refused", async () => {
    await fill("tree");
    expect(orders.isUnderWay).toBe(false);
    await orders.send();
    expect(orders.isUnderWay).toBe(true);
    generations.list.put(generation("a", { state: "failed" }));
    expect(orders.isUnderWay).toBe(false);
    generations.list.put(generation("a"));
    platform.on(`POST ${PATH}`, () => problem(402, "insufficient_credits", "Not enough."));
    orders.want({ quality: "hd" });
    expect([await orders.send(), orders.isUnderWay]).toEqual([false, false]);
  });

  it("holds twenty poses, and no more", async () => {
    await fill(...Array.from({ length: 21 }, (_, index) => `pose-${index}`));
    expect(orders.poses).toHaveLength(20);
    orders.drop("pose-0");
    expect(orders.poses).toHaveLength(19);
  });

  it("says what it waits for", async () => {
    expect(orders.missing).toEqual(["photo", "pose", "consent"]);
    await fill("tree");
    expect(orders.missing).toEqual([]);
    orders.drop("tree");
    expect(orders.missing).toEqual(["pose"]);
  });

  it("is not sent without a photo, a pose or a yes", async () => {
    await fill("tree");
    orders.consent.agree(false);
    expect(await orders.send()).toBe(false);
    orders.consent.agree(true);
    orders.drop("tree");
    expect(await orders.send()).toBe(false);
    orders.toggle(pose("tree"));
    await orders.choose(new File(["me"], "me.gif", { type: "image/gif" }));
    expect(await orders.send()).toBe(false);
    expect(platform.calls(`POST ${PATH}`)).toEqual([]);
  });

  it("is asked for once though the answer gets lost, and anew after a refusal or a change", async () => {
    platform.on(`POST ${PATH}`, () => problem(503, "overloaded", "Later."));
    await fill("tree");
    await orders.send();
    await orders.send();
    orders.want({ style: "anime" });
    platform.on(`POST ${PATH}`, () => problem(402, "insufficient_credits", "Too few.", { needed: 5, available: 1 }));
    await orders.send();
    await orders.send();
    const keys = platform.requests(`POST ${PATH}`).map(({ headers }) => headers.get("idempotency-key"));
    expect(keys[0]).toBe(keys[1]);
    expect(new Set(keys).size).toBe(3);
  });

  it("says beside the photo what is wrong with it, whether it is refused or its job fails", async () => {
    platform.on(`POST ${PATH}`, () => problem(400, "invalid_photos", "No.", [{ field: "photo", code: "x", message: "Too small." }]));
    await fill("tree");
    await orders.send();
    expect(orders.photo?.fault).toBe("Too small.");

    const photos = [{ field: "photo" as const, filename: "me.jpg", code: "several_faces", message: "Two people.", limit: null }];
    const failed = { state: "failed" as const, error: { code: "invalid_photos", message: "No.", photos } };
    platform.on(`POST ${PATH}`, () => json(generation("a"), 202));
    platform.on("GET /v1/jobs/a/events", () => stream(event(job("a", { revision: 2, ...failed }))));
    platform.on(`GET ${PATH}/a`, () => json(generation("a", failed)));
    await generations.watch();
    await orders.choose(new File(["me"], "us.jpg", { type: "image/jpeg" }));
    await orders.send();
    await expect.poll(() => orders.photo?.fault).toBe("Two people.");
    expect(orders.isReady).toBe(false);
    await orders.choose(new File(["me"], "alone.jpg", { type: "image/jpeg" }));
    generations.list.put(generation("b"));
    expect(orders.photo?.fault).toBeNull(); // another photo is not to blame
  });
});
