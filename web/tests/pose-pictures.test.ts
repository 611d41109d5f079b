import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PoseCalls } from "../src/api/poses";
import { PosePictures } from "../src/state/pose-pictures";
import { Platform, problem } from "./platform";

const ADDRESS = "/v1/catalog/poses/a.webp";
const ROUTE = `GET ${ADDRESS}`;

let platform: Platform;
let pictures: PosePictures;
let leaving: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  platform = new Platform();
  pictures = new PosePictures(new PoseCalls(platform.client));
  leaving = new AbortController();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Refuses so many times, and then has it. */
function busyFor(times: number, retryAfterS = 0): void {
  platform.on(ROUTE, () => {
    if (platform.calls(ROUTE).length > times) return new Response("drawn");
    const refusal = problem(503, "unavailable", "Later.");
    refusal.headers.set("Retry-After", String(retryAfterS));
    return refusal;
  });
}

/** How many times it was asked for after so many seconds more. */
async function asked(seconds: number): Promise<number> {
  await vi.advanceTimersByTimeAsync(1_000 * seconds);
  return platform.calls(ROUTE).length;
}

describe("a pose's picture", () => {
  it("is asked for with growing pauses for as long as somebody waits", async () => {
    busyFor(7);
    const told = pictures.get(ADDRESS, leaving.signal);
    expect(await asked(0)).toBe(1);
    for (const [tries, pause] of [4, 8, 16, 32, 60, 60].entries()) {
      expect(await asked(pause - 1)).toBe(tries + 1);
      expect(await asked(1)).toBe(tries + 2);
    }
    expect([pictures.late, pictures.isLate(leaving.signal)]).toEqual([1, true]);
    await asked(60);
    expect(await (await told)?.text()).toBe("drawn");
    expect([pictures.late, pictures.isLate(leaving.signal)]).toEqual([0, false]);
  });

  it("waits as long as the platform asks for", async () => {
    busyFor(1, 20);
    void pictures.get(ADDRESS, leaving.signal);
    expect(await asked(19)).toBe(1);
    expect(await asked(1)).toBe(2);
  });

  it("is asked for at once when the person wants that", async () => {
    busyFor(1);
    const told = pictures.get(ADDRESS, leaving.signal);
    await asked(1);
    pictures.retry();
    expect(await (await told)?.text()).toBe("drawn");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is asked for no more when nobody waits", async () => {
    busyFor(9);
    const told = pictures.get(ADDRESS, leaving.signal);
    await asked(1);
    leaving.abort();
    expect(await told).toBeNull();
    expect([await asked(600), pictures.late]).toEqual([1, 0]);
  });

  it("that is lost on the way comes later", async () => {
    const told = pictures.get(ADDRESS, leaving.signal);
    await asked(1);
    busyFor(0);
    await asked(4);
    expect(await (await told)?.text()).toBe("drawn");
  });

  it("that there is none of is not waited for", async () => {
    platform.on(ROUTE, () => problem(404, "not_found", "No such pose."));
    expect(await pictures.get(ADDRESS, leaving.signal)).toBeNull();
    expect([await asked(600), pictures.late]).toEqual([1, 0]);
  });

  it("leaves its turn to others while it waits, and when nobody wants it any more", async () => {
    busyFor(99);
    const others = ["b", "c"].map((id) => `/v1/catalog/poses/${id}.webp`);
    for (const other of others) platform.on(`GET ${other}`, () => new Response("other"));
    const waiting = [1, 2, 3].map(() => pictures.get(ADDRESS, leaving.signal));
    const told = await Promise.all(others.map((other) => pictures.get(other, new AbortController().signal)));
    expect(told.map((picture) => picture?.size)).toEqual([5, 5]);
    leaving.abort();
    expect(await Promise.all(waiting)).toEqual([null, null, null]);
  });
});
