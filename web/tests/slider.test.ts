import { afterEach, describe, expect, it } from "vitest";
import { Language } from "../src/i18n/locale";
import { Studio } from "../src/state/studio";
import { MeasurementSlider } from "../src/studio/measurement-slider";
import { MemoryStorage, Platform, problem } from "./platform";

interface Scene {
  readonly studio: Studio;
  readonly slider: MeasurementSlider;
  readonly find: (selector: string) => HTMLElement | null;
}

async function scene(platform = new Platform()): Promise<Scene> {
  const studio = new Studio(platform.api, platform.client, new Language(new MemoryStorage(), ["en"]));
  studio.body.refresh();
  await studio.body.settled();
  const slider = new MeasurementSlider();
  Object.assign(slider, { studio, name: "waist_girth" });
  document.body.append(slider);
  await slider.updateComplete;
  return { studio, slider, find: (selector) => slider.renderRoot.querySelector(selector) };
}

async function type({ slider, find }: Scene, text: string): Promise<void> {
  const field = find(".field") as HTMLInputElement;
  field.value = text;
  for (const name of ["input", "change", "blur"]) field.dispatchEvent(new Event(name));
  await slider.updateComplete;
}

afterEach(() => {
  document.body.replaceChildren();
});

describe("a slider", () => {
  it("shows an estimate with its interval, between the platform's limits", async () => {
    const { find } = await scene();
    const range = find('input[type="range"]') as HTMLInputElement;
    expect([range.min, range.max, range.value]).toEqual(["500", "2300", "1000"]);
    expect(find(".mark")?.textContent).toBe("Estimated: 95.0 to 105.0 cm");
    expect(find(".band")).not.toBeNull();
  });

  it("asks for what it is moved to, and can be put back", async () => {
    const { studio, slider, find } = await scene();
    const range = find('input[type="range"]') as HTMLInputElement;
    range.value = "812";
    range.dispatchEvent(new Event("input"));
    await slider.updateComplete;
    expect([studio.body.asked.get("waist_girth"), find(".mark")?.textContent]).toEqual([812, "Set by you"]);
    expect((find(".field") as HTMLInputElement).value).toBe("81.2");
    find(".reset")?.click();
    await slider.updateComplete;
    expect(studio.body.asked.has("waist_girth")).toBe(false);
  });

  it("takes centimetres with a comma and sends millimetres", async () => {
    const one = await scene();
    await type(one, "81,2");
    expect(one.studio.body.asked.get("waist_girth")).toBe(812);
  });

  it.each(["812", "eighty", ""])("refuses %j in words, at its field, and sends nothing", async (text) => {
    const one = await scene();
    await type(one, text);
    expect(one.studio.body.asked.size).toBe(0);
    expect(one.find('[role="alert"]')?.textContent).toBe("Enter a number from 50.0 to 230.0 cm.");
    expect(one.find(".field")?.getAttribute("aria-invalid")).toBe("true");
  });

  it("shows what the platform says of its number", async () => {
    const platform = new Platform();
    const one = await scene(platform);
    const details = [{ field: "measurements.waist_girth", message: "does not fit these hips" }];
    platform.on("POST /v1/measurements/estimate", () => problem(422, "implausible_measurements", "no", details));
    await type(one, "200");
    await one.studio.body.settled();
    await one.slider.updateComplete;
    expect(one.find('[role="alert"]')?.textContent).toBe("does not fit these hips");
  });

  it("speaks French as soon as the page does", async () => {
    const { studio, slider, find } = await scene();
    studio.language.choose("fr");
    await slider.updateComplete;
    expect(find(".name")?.textContent).toBe("Tour de taille");
    expect((find(".field") as HTMLInputElement).value).toBe("100,0");
  });
});
