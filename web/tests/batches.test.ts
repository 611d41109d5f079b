import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { JobCalls } from "../src/api/jobs";
import type { Job } from "../src/api/schema";
import { Batches } from "../src/state/batches";
import { event, job, stream } from "./job";
import { json, listed, Platform, problem } from "./platform";

const EVENTS = "GET /v1/jobs/a/events";
const START = "POST /v1/avatars/batch";

let platform: Platform;
let batches: Batches;

beforeEach(() => {
  platform = new Platform();
  batches = new Batches(new JobCalls(platform.client));
});

afterEach(() => {
  batches.leave();
});

/** Lists those jobs, whose events are told connection by connection; after the last one nothing more comes. */
async function watching(jobs: readonly Job[], connections: readonly (() => Response)[]): Promise<void> {
  platform.on("GET /v1/jobs", () => listed(jobs));
  const left = [...connections];
  platform.on(EVENTS, () => left.shift()?.() ?? stream(null));
  await batches.watch();
}

function shown(id = "a"): Job | undefined {
  return batches.list.items.find((one) => one.id === id);
}

describe("a batch that is watched", () => {
  it("is followed to its end, and no further", async () => {
    const half = job("a", { revision: 2, progressPercent: 50 });
    const end = job("a", { revision: 3, state: "completed", progressPercent: 100 });
    await watching([job("a")], [() => stream(`retry: 1\n\n${event(half)}${event(end)}`)]);
    await expect.poll(() => shown()?.state).toBe("completed");
    expect(shown()?.progressPercent).toBe(100);
    expect(platform.requests(EVENTS)).toHaveLength(1);
  });

  it("is taken up again where the connection broke, and says so meanwhile", async () => {
    const half = job("a", { revision: 7, progressPercent: 50 });
    const end = job("a", { revision: 8, state: "completed" });
    const lost: boolean[] = [];
    batches.subscribe(() => lost.push(batches.isLost(job("a"))));
    await watching(
      [job("a")],
      [
        () => stream(`retry: 1\n\n${event(half)}data: {"id"`),
        () => problem(503, "unavailable", "later"),
        () => stream(event(end)),
      ],
    );
    await expect.poll(() => shown()?.state).toBe("completed");
    const seen = platform.requests(EVENTS).map(({ headers }) => headers.get("last-event-id"));
    expect(seen).toEqual([null, "7", "7"]);
    expect(lost).toContain(true);
    expect(batches.isLost(job("a"))).toBe(false);
  });

  it("is asked for once more where there is nothing more to hear", async () => {
    platform.on("GET /v1/jobs/a", () => json(job("a", { revision: 9, state: "failed" })));
    await watching([job("a")], [() => new Response(null, { status: 204 })]);
    await expect.poll(() => shown()?.state).toBe("failed");
  });

  it("that the platform refuses to tell of is asked for once, and not again and again", async () => {
    await watching([job("a")], [() => problem(404, "not_found", "no such job")]);
    await expect.poll(() => batches.isLost(job("a"))).toBe(true);
    await batches.list.load();
    await batches.list.load();
    expect(platform.requests(EVENTS)).toHaveLength(1);
  });

  it("is left when nobody looks", async () => {
    await watching([job("a")], []);
    await expect.poll(() => platform.requests(EVENTS)).toHaveLength(1);
    expect(platform.requests(EVENTS)[0]?.signal.aborted).toBe(false);
    batches.leave();
    expect(platform.requests(EVENTS)[0]?.signal.aborted).toBe(true);
  });

  it("waits for its turn when three older ones are", async () => {
    for (const id of ["b", "c", "d"]) platform.on(`GET /v1/jobs/${id}/events`, () => stream(null));
    const end = event(job("a", { revision: 2, state: "completed" }));
    let tell: (answer: Response) => void = () => undefined;
    platform.on(EVENTS, () => new Promise((resolve) => (tell = resolve)));
    platform.on("GET /v1/jobs", () => listed(["d", "c", "b", "a"].map((id) => job(id))));
    await batches.watch();
    const followed = (): readonly string[] =>
      platform.received.filter(({ route }) => route.endsWith("/events")).map(({ route }) => route.slice(13, 14));
    await expect.poll(followed).toEqual(["a", "b", "c"]);
    tell(stream(end));
    await expect.poll(followed).toEqual(["a", "b", "c", "d"]);
  });

  it("keeps the later of two things heard, whichever comes last", async () => {
    platform.on("POST /v1/jobs/a/cancel", () => json(job("a", { revision: 5, state: "cancelled" })));
    platform.on("GET /v1/jobs", () => listed([job("a", { revision: 6, state: "completed" })]));
    await batches.watch();
    await batches.cancel(job("a"));
    expect(shown()?.state).toBe("completed");
  });
});

describe("a new batch", () => {
  const table = new File(["bodyType,stature\nneutral,1700\n"], "people.csv", { type: "text/csv" });
  const keys = (): readonly (string | null)[] => platform.requests(START).map(({ headers }) => headers.get("idempotency-key"));

  it("is sent as it is, and goes to the top of the list", async () => {
    platform.on(START, () => json(job("new", { state: "completed" }), 202));
    expect(await batches.start(table)).toBe(true);
    const [request] = platform.requests(START);
    expect(request?.body).toBe("bodyType,stature\nneutral,1700\n");
    expect(request?.headers.get("content-type")).toBe("text/csv");
    expect(batches.list.items.map(({ id }) => id)).toEqual(["new"]);
  });

  it("is JSON where the file's name says so", async () => {
    platform.on(START, () => json(job("new", { state: "completed" }), 202));
    await batches.start(new File(['{"rows": []}'], "people.JSON"));
    expect(platform.requests(START)[0]?.headers.get("content-type")).toBe("application/json");
  });

  it("is asked for under the same key after a lost answer, and under a new one after any other", async () => {
    expect(await batches.start(table)).toBe(false);
    platform.on(START, () => problem(503, "unavailable", "later"));
    await batches.start(table);
    platform.on(START, () => problem(402, "insufficient_credits", "too little", { needed: 5, available: 3 }));
    await batches.start(table);
    platform.on(START, () => json(job("new", { state: "completed" }), 202));
    await batches.start(table);
    await batches.start(table);
    const [lost, away, refused, taken, again] = keys();
    expect([away, refused]).toEqual([lost, lost]);
    expect(new Set([lost, taken, again]).size).toBe(3);
  });
});
