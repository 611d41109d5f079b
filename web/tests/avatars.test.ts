import { describe, expect, it } from "vitest";
import { Language } from "../src/i18n/locale";
import type { Dressing } from "../src/api/types";
import { Studio } from "../src/state/studio";
import { avatar, DRESS, json, MemoryStorage, Platform, problem, SKIRT, SWEATER, TSHIRT } from "./platform";

async function studio(platform: Platform): Promise<Studio> {
  const one = new Studio(platform.api, platform.client, new Language(new MemoryStorage(), ["en"]));
  await one.wardrobe.load();
  one.body.refresh();
  await one.body.settled();
  return one;
}

/** What an answer of the platform in memory takes at most. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

const PATCH = "PATCH /v1/avatars/avatar-1";

describe("what is worn", () => {
  it.each([
    ["a dress alone", [SKIRT, TSHIRT, DRESS], [DRESS]],
    ["one garment a place", [TSHIRT, SWEATER], [SWEATER]],
    ["bottom before top", [TSHIRT, SKIRT], [SKIRT, TSHIRT]],
    ["no dress under a skirt", [DRESS, SKIRT], [SKIRT]],
    ["nothing that was put on twice", [DRESS, DRESS], []],
  ])("is %s", async (_, clicked, worn) => {
    const { wardrobe } = await studio(new Platform());
    for (const garment of clicked) wardrobe.toggle(garment);
    expect(wardrobe.outfit.map(({ garmentId }) => garmentId)).toEqual(worn.map(({ id }) => id));
  });

  it("follows the size advice until a size is chosen by hand", async () => {
    const { wardrobe, body } = await studio(new Platform());
    wardrobe.toggle(DRESS);
    expect(wardrobe.worn(DRESS.id)?.size).toBe("M");
    await wardrobe.settled();
    expect(wardrobe.worn(DRESS.id)?.size).toBe("L");
    wardrobe.chooseSize(DRESS.id, "S");
    body.ask("hip_girth", 1200);
    await body.settled();
    await wardrobe.settled();
    expect(wardrobe.worn(DRESS.id)?.size).toBe("S");
  });

  it("is judged on all 15 measurements", async () => {
    const platform = new Platform();
    const { wardrobe } = await studio(platform);
    wardrobe.toggle(DRESS);
    await wardrobe.settled();
    const [asked] = platform.calls("POST /v1/size-advice") as { measurements: object; garmentId: string }[];
    expect(asked?.garmentId).toBe(DRESS.id);
    expect(Object.keys(asked?.measurements ?? {})).toHaveLength(15);
  });
});

describe("avatars", () => {
  it("are made of what was asked, with the clothes on", async () => {
    const platform = new Platform();
    const { avatars, body, wardrobe } = await studio(platform);
    body.ask("stature", 1725);
    wardrobe.toggle(DRESS);
    await wardrobe.settled();
    await avatars.make();
    expect(platform.calls("POST /v1/avatars")).toEqual([
      {
        measurements: { stature: 1725 },
        bodyType: "feminine",
        look: { skin: "skin-1", hairstyle: "bob", hairColor: "#111111" },
        outfit: [{ garmentId: DRESS.id, size: "L", color: "#111111" }],
      },
    ]);
    expect(avatars.current?.glb.byteLength).toBe(3);
    expect(avatars.list.map(({ id }) => id)).toEqual(["avatar-1"]);
  });

  it("change their clothes in place, quick changes as one", async () => {
    const platform = new Platform();
    const { avatars, wardrobe } = await studio(platform);
    await avatars.make();
    wardrobe.toggle(SKIRT);
    await turn();
    wardrobe.chooseColor(SKIRT.id, "#eeeeee");
    await turn();
    wardrobe.chooseSize(SKIRT.id, "S");
    await wardrobe.settled();
    await avatars.settled();
    expect(platform.calls(PATCH)).toEqual([
      { look: {}, outfit: [{ garmentId: SKIRT.id, size: "S", color: "#eeeeee" }] },
    ]);
    expect(platform.calls("GET /v1/avatars/avatar-1.glb")).toHaveLength(2);
  });

  it("are told the parts of a look that were chosen, and no other", async () => {
    const platform = new Platform();
    const { avatars, wardrobe } = await studio(platform);
    await avatars.make();
    wardrobe.chooseLook({ hairColor: "#eeeeee" });
    await avatars.settled();
    expect(platform.calls(PATCH)).toEqual([{ look: { hairColor: "#eeeeee" }, outfit: [] }]);
  });

  it("keep a face's own skin until another one is chosen", async () => {
    const platform = new Platform();
    const { avatars, wardrobe } = await studio(platform);
    const look = { skin: "", hairstyle: "bob", hairColor: "#111111" };
    await avatars.open(avatar("avatar-1", { measurements: {}, bodyType: "neutral", look, outfit: [] }));
    platform.on(PATCH, ({ body }) =>
      json(avatar("avatar-1", { measurements: {}, bodyType: "neutral", look: { ...look, ...(body as Dressing).look }, outfit: [] })),
    );
    wardrobe.chooseLook({ hairColor: "#eeeeee" });
    await avatars.settled();
    wardrobe.chooseLook({ skin: "skin-1" });
    await avatars.settled();
    const told = platform.calls(PATCH).map((body) => (body as Dressing).look.skin);
    expect(told).toEqual([undefined, "skin-1"]);
  });

  it("give way to the preview when the person changes", async () => {
    const platform = new Platform();
    const { avatars, body, wardrobe } = await studio(platform);
    await avatars.make();
    body.ask("stature", 1500);
    wardrobe.toggle(SKIRT);
    await wardrobe.settled();
    await avatars.settled();
    expect(avatars.current).toBeNull();
    expect(platform.calls(PATCH)).toEqual([]);
  });

  it("are opened with their measurements, look and clothes, and not changed by that", async () => {
    const platform = new Platform();
    const { avatars, body, wardrobe } = await studio(platform);
    const outfit = [{ garmentId: SKIRT.id, size: "XL", color: "#eeeeee" }];
    const look = { skin: "skin-1", hairstyle: "bob", hairColor: "#eeeeee" };
    await avatars.open(avatar("avatar-1", { measurements: { stature: 1800 }, bodyType: "masculine", age: 40, look, outfit }));
    await Promise.all([body.settled(), wardrobe.settled(), avatars.settled()]);
    expect(avatars.current?.avatar.id).toBe("avatar-1");
    expect(body.spec).toEqual({ measurements: { stature: 1800 }, bodyType: "masculine", age: 40 });
    expect(wardrobe.dressing).toEqual({ look, outfit });
    expect(platform.calls(PATCH)).toEqual([]);
  });

  it("say at the field why they could not be made", async () => {
    const platform = new Platform();
    const { avatars, body } = await studio(platform);
    const details = [{ field: "measurements.stature", message: "too tall" }];
    platform.on("POST /v1/avatars", () => problem(422, "implausible_measurements", "does not fit", details));
    await avatars.make();
    expect(avatars.failure).toMatchObject({ message: "does not fit" });
    expect(body.faultOf("stature")).toBe("too tall");
    expect([avatars.busy, avatars.current]).toEqual([false, null]);
  });

  it("are listed page by page, each of them once", async () => {
    const platform = new Platform();
    const { avatars } = await studio(platform);
    const [a, b, c] = ["a", "b", "c"].map((id) => avatar(id, { measurements: {}, bodyType: "neutral", look: {}, outfit: [] }));
    platform.on("GET /v1/avatars", () => json({ data: [a, b], nextCursor: "older" }));
    await Promise.all([avatars.loadMore(), avatars.loadMore()]);
    platform.on("GET /v1/avatars", () => json({ data: [b, c], nextCursor: null }));
    await avatars.loadMore();
    expect(avatars.list).toEqual([a, b, c]);
    expect(avatars.nextCursor).toBeNull();
  });

  it("leave the list and the stage when they are deleted", async () => {
    const platform = new Platform();
    const { avatars } = await studio(platform);
    await avatars.make();
    platform.on("DELETE /v1/avatars/avatar-1", () => new Response(null, { status: 204 }));
    await avatars.remove(avatar("avatar-1", { measurements: {}, bodyType: "neutral", look: {}, outfit: [] }));
    expect([avatars.list, avatars.current]).toEqual([[], null]);
  });
});
