import { describe, expect, it } from "vitest";
import { BodyDraft } from "../src/state/body";
import { Platform, problem } from "./platform";

async function ready(platform: Platform): Promise<BodyDraft> {
  const body = new BodyDraft(platform.api);
  body.refresh();
  await body.settled();
  return body;
}

const ESTIMATE = "POST /v1/measurements/estimate";
const PREVIEW = "POST /v1/avatars/preview";

describe("the person being measured", () => {
  it("starts as a typical one: 15 estimates and a body", async () => {
    const body = await ready(new Platform());
    expect(body.estimates.size).toBe(15);
    expect(body.preview?.body.positions).toHaveLength(12);
    expect(body.spec).toEqual({ measurements: {}, bodyType: "feminine" });
  });

  it("sends only what was touched, and shows it at once", async () => {
    const platform = new Platform();
    const body = await ready(platform);
    body.ask("waist_girth", 801);
    expect(body.millimetres("waist_girth")).toBe(801);
    await body.settled();
    const asked = { measurements: { waist_girth: 801 }, bodyType: "feminine" };
    expect(platform.calls(ESTIMATE).at(-1)).toEqual(asked);
    expect(platform.calls(PREVIEW).at(-1)).toEqual(asked);
    expect(body.completed).toMatchObject({ waist_girth: 801, hip_girth: 1000 });
  });

  it("draws the newest of many quick moves, not each", async () => {
    const platform = new Platform();
    const body = await ready(platform);
    for (let mm = 1500; mm < 1600; mm++) body.ask("stature", mm);
    await body.settled();
    expect(platform.calls(PREVIEW).length).toBeLessThanOrEqual(3);
    expect(platform.calls(PREVIEW).at(-1)).toMatchObject({ measurements: { stature: 1599 } });
  });

  it("says that the body follows, and when it has caught up", async () => {
    const body = await ready(new Platform());
    const seen: boolean[] = [];
    body.subscribe(() => seen.push(body.isFollowing));
    body.ask("waist_girth", 801);
    await body.settled();
    expect([seen[0], seen.at(-1)]).toEqual([true, false]);
  });

  it("hands a measurement back to the estimate", async () => {
    const platform = new Platform();
    const body = await ready(platform);
    body.ask("waist_girth", 801);
    body.release("waist_girth");
    await body.settled();
    expect(platform.calls(ESTIMATE).at(-1)).toEqual({ measurements: {}, bodyType: "feminine" });
    expect(body.millimetres("waist_girth")).toBe(1000);
  });

  it("fetches the topology once", async () => {
    const platform = new Platform();
    const body = await ready(platform);
    body.ask("stature", 1700);
    await body.settled();
    expect(platform.calls("GET /v1/avatars/preview/topology")).toHaveLength(1);
  });

  it("keeps the last good body under a refused number, and says so at its field", async () => {
    const platform = new Platform();
    const body = await ready(platform);
    const before = body.preview;
    const details = [{ field: "measurements.waist_girth", message: "too wide for these hips" }];
    for (const route of [ESTIMATE, PREVIEW]) {
      platform.on(route, () => problem(422, "implausible_measurements", "does not fit", details));
    }
    body.ask("waist_girth", 2000);
    await body.settled();
    expect(body.preview).toBe(before);
    expect(body.faultOf("waist_girth")).toBe("too wide for these hips");
    expect(body.faultOf("stature")).toBeNull();
    expect(body.failure).toBeNull();
  });

  it("keeps a failure without a field apart", async () => {
    const platform = new Platform();
    const body = await ready(platform);
    platform.on(PREVIEW, () => problem(503, "unavailable", "later"));
    body.ask("stature", 1700);
    await body.settled();
    expect(body.failure).toMatchObject({ code: "unavailable" });
  });
});
