import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Desk } from "../src/api/desk";
import { GenerationCalls } from "../src/api/generations";
import { JobCalls } from "../src/api/jobs";
import { PoseCalls } from "../src/api/poses";
import { Generations } from "../src/state/generations";
import { PoseNames } from "../src/state/pose-names";
import { Wallet } from "../src/state/wallet";
import { drawn, generation, listed, PATH } from "./generation";
import { event, job, stream } from "./job";
import { empty, json, Platform, problem } from "./platform";

let platform: Platform;
let wallet: Wallet;
let generations: Generations;

beforeEach(() => {
  platform = new Platform();
  wallet = new Wallet(new Desk(platform.client));
  generations = new Generations(new GenerationCalls(platform.client), new JobCalls(platform.client), wallet);
  platform.on("GET /v1/credits", () => json({ balance: 95, held: 5 }));
  platform.on("GET /v1/credits/prices", () => json({}));
  platform.on(`GET ${PATH}/stats`, () => json({ total: 1, completed: 0, failed: 0, meanProcessingSeconds: 0, creditsUsed: 0 }));
  platform.on("GET /v1/jobs/a/events", () => stream(null));
});

afterEach(() => {
  generations.leave();
});

describe("pictures in poses", () => {
  it("are followed until they are drawn, and fetched once", async () => {
    platform.on(`GET ${PATH}`, () => listed([generation("a")]));
    const half = job("a", { revision: 2, state: "processing", progressPercent: 50 });
    const end = job("a", { revision: 3, state: "completed", progressPercent: 100 });
    platform.on("GET /v1/jobs/a/events", () => stream(event(half) + event(end)));
    platform.on(`GET ${PATH}/a`, () => json(drawn("a")));
    platform.on(`GET ${PATH}/a.png`, () => new Response(new Uint8Array([137, 80])));
    const seen: number[] = [];
    generations.subscribe(() => seen.push(generations.find("a")?.progressPercent ?? -1));
    await generations.watch();
    await expect.poll(() => generations.find("a")?.links.picture).toBe(`${PATH}/a.png`);
    expect(seen).toContain(50);
    const files = await Promise.all([1, 2].map(() => generations.picture("a", `${PATH}/a.png`)));
    expect(files.map(({ size }) => size)).toEqual([2, 2]);
    expect(platform.requests(`GET ${PATH}/a.png`)).toHaveLength(1);
  });

  it("come page by page", async () => {
    platform.on(`GET ${PATH}`, ({ query }) => (query.includes("cursor=next") ? listed([drawn("b")]) : listed([drawn("c")], "next")));
    await generations.watch();
    expect(generations.list.hasMore).toBe(true);
    await generations.list.more();
    expect(generations.list.items.map(({ id }) => id)).toEqual(["c", "b"]);
    expect(generations.list.hasMore).toBe(false);
  });

  it("are deleted, and those under way cancelled; sums and balance follow", async () => {
    platform.on(`GET ${PATH}`, () => listed([generation("a")]));
    platform.on(`DELETE ${PATH}/a`, () => empty());
    await generations.watch();
    await generations.settled();
    platform.on(`GET ${PATH}/stats`, () => json({ total: 0, completed: 0, failed: 0, meanProcessingSeconds: 0, creditsUsed: 0 }));
    platform.on("GET /v1/credits", () => json({ balance: 100, held: 0 }));
    const [one] = generations.list.items;
    expect(one && (await generations.remove(one))).toBe(true);
    await generations.settled();
    expect([generations.list.items, generations.stats?.total, wallet.credits?.balance]).toEqual([[], 0, 100]);
  });

  it("are paid a moment after they have ended, and the balance says so", async () => {
    platform.on(`GET ${PATH}`, () => listed([drawn("a")]));
    const balances = [{ balance: 95, held: 5 }, { balance: 100, held: 0 }];
    platform.on("GET /v1/credits", () => json(balances.shift() ?? null));
    await generations.watch();
    await generations.settled();
    expect(wallet.credits).toEqual({ balance: 100, held: 0 });
  });

  it("say why one that has ended could not be fetched", async () => {
    platform.on(`GET ${PATH}`, () => listed([generation("a")]));
    platform.on("GET /v1/jobs/a/events", () => stream(event(job("a", { revision: 2, state: "completed" }))));
    platform.on(`GET ${PATH}/a`, () => problem(404, "not_found", "It is gone."));
    await generations.watch();
    await expect.poll(() => generations.failure).toMatchObject({ code: "not_found" });
    expect(generations.find("a")?.state).toBe("completed");
  });

  it("may be asked for again when they could not be had", async () => {
    platform.on(`GET ${PATH}/a.png`, () => problem(404, "not_found", "Not yet."));
    await expect(generations.picture("a", `${PATH}/a.png`)).rejects.toThrow("Not yet.");
    platform.on(`GET ${PATH}/a.png`, () => new Response(new Uint8Array(3)));
    expect((await generations.picture("a", `${PATH}/a.png`)).size).toBe(3);
  });
});

describe("names of poses", () => {
  it("are asked for once: the library's, one's own, and none where it is gone", async () => {
    const own = "11111111-2222-4333-8444-555555555555";
    const gone = "11111111-2222-4333-8444-555555555556";
    platform.on("GET /v1/catalog/poses/tree", () => json({ id: "tree", name: { en: "tree", fr: "tree" } }));
    platform.on(`GET /v1/poses/${own}`, () => json({ id: own, name: "Mine" }));
    platform.on(`GET /v1/poses/${gone}`, () => problem(404, "not_found", "Gone."));
    const names = new PoseNames(new PoseCalls(platform.client));
    const told = (): readonly unknown[] => ["tree", own, gone].map((id) => names.of(id)?.fr);
    expect(told()).toEqual([undefined, undefined, undefined]);
    await expect.poll(told).toEqual(["tree", "Mine", undefined]);
    expect(platform.received.filter(({ route }) => route.endsWith(own))).toHaveLength(1);
  });
});
