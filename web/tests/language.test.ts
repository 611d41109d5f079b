import { describe, expect, it } from "vitest";
import en from "../messages/en.json";
import fr from "../messages/fr.json";
import { centimetres, parseNumber, signedMillimetres } from "../src/i18n/format";
import { Language } from "../src/i18n/locale";
import { m } from "../src/paraglide/messages.js";
import { MemoryStorage } from "./platform";

describe("the language", () => {
  it.each([
    [["fr-CA", "en"], "fr"],
    [["de", "fr"], "fr"],
    [["de"], "en"],
    [[], "en"],
  ])("of a browser that wishes %j is %s", (wishes, expected) => {
    expect(new Language(new MemoryStorage(), wishes).current).toBe(expected);
  });

  it("switches words and numbers at once, and is remembered", () => {
    const storage = new MemoryStorage();
    const language = new Language(storage, ["en"]);
    let told = 0;
    language.subscribe(() => (told += 1));
    expect([m.measure_waist_girth(), centimetres(1725)]).toEqual(["Waist girth", "172.5"]);
    language.choose("fr");
    expect([m.measure_waist_girth(), centimetres(1725), told]).toEqual(["Tour de taille", "172,5", 1]);
    expect(new Language(storage, ["en"]).current).toBe("fr");
  });
});

describe("the catalogue of messages", () => {
  it("has every message in both languages, with the same blanks", () => {
    const blanks = (messages: Record<string, string>): Record<string, readonly string[]> =>
      Object.fromEntries(Object.entries(messages).map(([key, text]) => [key, (text.match(/\{\w+\}/g) ?? []).sort()]));
    expect(blanks(fr)).toEqual(blanks(en));
  });
});

describe("numbers", () => {
  it.each([
    ["172.5", 172.5],
    ["172,5", 172.5],
    [" 80 ", 80],
    ["", null],
    ["-3", null],
    ["1e3", null],
    ["12,5,1", null],
    ["tall", null],
  ])("typed as %j are %s", (text, expected) => {
    expect(parseNumber(text)).toBe(expected);
  });

  it("carry their sign where it says something", () => {
    new Language(new MemoryStorage(), ["en"]);
    expect([signedMillimetres(12.4), signedMillimetres(-0.42, 1), signedMillimetres(0.01, 1)]).toEqual(["+12", "-0.4", "0.0"]);
  });
});
