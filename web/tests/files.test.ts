// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { Language } from "../src/i18n/locale";
import { Studio } from "../src/state/studio";
import { BodyQuantities } from "../src/studio/body-quantities";
import { FileMenu } from "../src/studio/file-menu";
import { avatar, MemoryStorage, Platform, problem } from "./platform";

const ADA = avatar("avatar-1", { measurements: {}, bodyType: "neutral", look: {}, outfit: [] });
const STL = "GET /v1/avatars/avatar-1.stl";

function studio(platform: Platform): Studio {
  return new Studio(platform.api, platform.client, new Language(new MemoryStorage(), ["en"]));
}

describe("a download", () => {
  it("is the file of its format", async () => {
    const platform = new Platform();
    platform.on(STL, () => new Response(new Uint8Array([7, 8])));
    const { downloads } = studio(platform);
    const blob = await downloads.fetch(ADA, "stl");
    expect(new Uint8Array((await blob?.arrayBuffer()) ?? [])).toEqual(new Uint8Array([7, 8]));
    expect([downloads.fetching, downloads.failure]).toEqual([null, null]);
  });

  it("waits for no other", async () => {
    const platform = new Platform();
    platform.on(STL, () => new Response(new Uint8Array([7])));
    const { downloads } = studio(platform);
    const first = downloads.fetch(ADA, "stl");
    expect(downloads.fetching).toBe("stl");
    expect(await downloads.fetch(ADA, "usdz")).toBeNull();
    expect(await first).not.toBeNull();
  });

  it("says why it cannot be had, until the next one", async () => {
    const platform = new Platform();
    platform.on(STL, () => problem(503, "unavailable", "try again"));
    const { downloads } = studio(platform);
    expect(await downloads.fetch(ADA, "stl")).toBeNull();
    expect(downloads.failure).toMatchObject({ message: "try again" });
    platform.on(STL, () => new Response(new Uint8Array([7])));
    await downloads.fetch(ADA, "stl");
    expect(downloads.failure).toBeNull();
  });
});

describe("the menu of formats", () => {
  let menu: FileMenu;

  beforeEach(async () => {
    menu = new FileMenu();
    menu.studio = studio(new Platform());
    menu.avatar = ADA;
    document.body.replaceChildren(menu);
    await menu.updateComplete;
  });

  it("offers all but the one that has a button of its own", async () => {
    const list = menu.renderRoot.querySelector("ul");
    expect(list?.hidden).toBe(true);
    menu.renderRoot.querySelector("button")?.click();
    await menu.updateComplete;
    expect(list?.hidden).toBe(false);
    const offered = [...(list?.querySelectorAll("b") ?? [])].map(({ textContent }) => textContent);
    expect(offered).toEqual(["VRM", "USDZ", "OBJ", "PLY", "STL"]);
  });

  it("is closed by Escape", async () => {
    const button = menu.renderRoot.querySelector("button");
    button?.click();
    await menu.updateComplete;
    button?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    await menu.updateComplete;
    expect(button?.getAttribute("aria-expanded")).toBe("false");
  });
});

describe("the whole body", () => {
  async function shown(receipt: Partial<typeof ADA.receipt>): Promise<string> {
    const element = new BodyQuantities();
    element.language = new Language(new MemoryStorage(), ["en"]);
    element.receipt = { ...ADA.receipt, ...receipt };
    document.body.replaceChildren(element);
    await element.updateComplete;
    return element.renderRoot.textContent.replaceAll(/\s+/g, " ").trim();
  }

  it("is told in litres, square metres and kilograms", async () => {
    expect(await shown({})).toBe(
      "The whole body Volume64.1 L Skin1.81 m² Weight, estimated≈ 63.4 kg 90 % of people with these measurements: 57.2 to 70.4 kg.",
    );
  });

  it("stands beside the weight that was given", async () => {
    const weight = { askedKg: 70, estimatedKg: 63.4, errorKg: -6.6, intervalKg: [57.2, 70.4] } as const;
    expect(await shown({ weight })).toContain("70.4 kg. You said 70.0 kg.");
  });

  it("is left out on receipts that do not know it", async () => {
    expect(await shown({ volumeL: null, surfaceAreaM2: null, weight: null })).toBe("");
  });
});
