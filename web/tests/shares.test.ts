import { beforeEach, describe, expect, it } from "vitest";
import { QUIET } from "../src/api/pictures";
import type { Share } from "../src/api/schema";
import { ShareCalls } from "../src/api/shares";
import { Shares } from "../src/state/shares";
import { avatar, empty, json, listed, Platform, problem } from "./platform";

const MAKE = "POST /v1/shares";
const SHARE: Share = {
  id: "share-1",
  avatarId: "avatar-1",
  generationId: null,
  title: "Spring",
  createdAt: "2026-01-02T03:04:05Z",
  expiresAt: "2026-01-09T03:04:05Z",
};

let platform: Platform;
let shares: Shares;

beforeEach(() => {
  platform = new Platform();
  shares = new Shares(new ShareCalls(platform.client));
  platform.on(MAKE, () => json({ ...SHARE, url: "http://platform.test/s/x", pictureUrl: "http://platform.test/s/x.png" }, 201));
});

describe("a link", () => {
  it("shows an avatar as it is to be drawn, and its address until the person has it", async () => {
    const shown = avatar("avatar-1", { measurements: {}, bodyType: "neutral", look: {}, outfit: [] });
    const wish = { ...QUIET, background: "transparent", camera: "portrait", style: "anime", size: 512 } as const;
    expect(await shares.make({ avatar: shown, wish }, { title: "Spring", hours: 24 })).toBe(true);
    expect(platform.calls(MAKE)).toEqual([
      { avatarId: "avatar-1", camera: "portrait", style: "anime", size: 512, background: "transparent", title: "Spring", hours: 24 },
    ]);
    expect(shares.made?.url).toBe("http://platform.test/s/x");
    shares.keep();
    expect(shares.made).toBeNull();
  });

  it("shows a finished picture", async () => {
    await shares.make({ generation: { id: "a" } as never }, { title: "", hours: 8760 });
    expect(platform.calls(MAKE)).toEqual([{ generationId: "a", title: "", hours: 8760 }]);
  });

  it("says why it could not be made, and forgets that with the form", async () => {
    platform.on(MAKE, () => problem(409, "too_many_shares", "Revoke one first."));
    expect(await shares.make({ generation: { id: "a" } as never }, { title: "", hours: 24 })).toBe(false);
    expect(shares.making.failure).toMatchObject({ code: "too_many_shares" });
    shares.keep();
    expect(shares.making.failure).toBeNull();
  });

  it("is listed while it holds, and revoked", async () => {
    platform.on("GET /v1/shares", () => listed([SHARE]));
    platform.on("DELETE /v1/shares/share-1", () => empty());
    await shares.list.load();
    expect(shares.list.items).toEqual([SHARE]);
    expect(await shares.revoke(SHARE)).toBe(true);
    expect(shares.list.items).toEqual([]);
  });
});
