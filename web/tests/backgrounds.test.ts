import { beforeEach, describe, expect, it } from "vitest";
import { BackgroundCalls } from "../src/api/backgrounds";
import { QUIET, told } from "../src/api/pictures";
import type { CustomBackground } from "../src/api/schema";
import { OwnBackgrounds } from "../src/state/own-backgrounds";
import { empty, json, listed, Platform, problem } from "./platform";

const SEND = "POST /v1/backgrounds";
const BEACH: CustomBackground = {
  id: "0a1b2c3d-1111-4222-8333-444455556666",
  name: "beach",
  width: 1600,
  height: 900,
  createdAt: "2026-01-02T03:04:05Z",
  links: { picture: "/v1/backgrounds/0a1b2c3d-1111-4222-8333-444455556666.webp" },
};

let platform: Platform;
let own: OwnBackgrounds;
let size: { width: number; height: number };

beforeEach(() => {
  platform = new Platform();
  size = { width: 1600, height: 900 };
  own = new OwnBackgrounds(new BackgroundCalls(platform.client), () => Promise.resolve(size));
  platform.on("GET /v1/backgrounds", () => listed([]));
  platform.on(SEND, () => json(BEACH, 201));
});

function photo(name = "beach.jpg"): File {
  return new File([new Uint8Array(9)], name, { type: "image/jpeg" });
}

async function form(): Promise<FormData> {
  const [{ body, headers } = { body: "", headers: new Headers() }] = platform.requests(SEND);
  return new Response(body as string, { headers: { "content-type": headers.get("content-type") ?? "" } }).formData();
}

describe("a picture of one's own", () => {
  it("is sent under the name of its file, and first on the list", async () => {
    await own.open();
    expect(await own.send(photo("beach.at.dusk.jpg"))).toEqual(BEACH);
    const sent = await form();
    expect([...sent.keys()]).toEqual(["name", "picture"]);
    expect(sent.get("name")).toBe("beach.at.dusk");
    expect(own.backgrounds.items).toEqual([BEACH]);
  });

  it("is not sent where the page can tell what is wrong", async () => {
    size = { width: 100, height: 900 };
    expect(await own.send(photo())).toBeNull();
    expect(own.fault).not.toBeNull();
    expect(platform.requests(SEND)).toEqual([]);
    size = { width: 1600, height: 900 };
    await own.send(photo());
    expect(own.fault).toBeNull();
  });

  it("says why it was refused, and goes under the same key after an answer that was lost", async () => {
    const file = photo();
    platform.on(SEND, () => problem(409, "too_many_backgrounds", "Delete one first."));
    expect(await own.send(file)).toBeNull();
    expect(own.sending.failure).toMatchObject({ code: "too_many_backgrounds" });
    platform.on(SEND, () => problem(503, "overloaded", "Later."));
    await own.send(file);
    platform.on(SEND, () => json(BEACH, 201));
    await own.send(file);
    const keys = platform.requests(SEND).map(({ headers }) => headers.get("idempotency-key"));
    expect(new Set(keys.slice(-2)).size).toBe(1);
    expect(keys[0]).not.toBe(keys.at(-1));
  });

  it("is fetched once", async () => {
    platform.on(`GET ${BEACH.links.picture}`, () => new Response(new Uint8Array(5)));
    expect([(await own.picture(BEACH)).size, (await own.picture(BEACH)).size]).toEqual([5, 5]);
    expect(platform.requests(`GET ${BEACH.links.picture}`)).toHaveLength(1);
  });

  it("goes from the list when it is deleted", async () => {
    platform.on(`DELETE /v1/backgrounds/${BEACH.id}`, empty);
    await own.send(photo());
    expect(await own.remove(BEACH)).toBe(true);
    expect(own.backgrounds.items).toEqual([]);
  });

  it("is told by its id, and the usual one stands behind until one is chosen", () => {
    expect(told({ ...QUIET, background: "own", own: BEACH.id })).toBe(BEACH.id);
    expect(told({ ...QUIET, background: "own" })).toBeNull();
    expect(told({ ...QUIET, own: BEACH.id })).toBeNull();
  });
});
