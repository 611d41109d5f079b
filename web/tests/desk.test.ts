import { beforeEach, describe, expect, it } from "vitest";
import { Desk } from "../src/api/desk";
import type { Consent, Delivery, Webhook } from "../src/api/schema";
import { WebhookCalls } from "../src/api/webhooks";
import { fileSize } from "../src/i18n/format";
import { Language } from "../src/i18n/locale";
import { deviceName } from "../src/state/device";
import { addressOf, Place, STUDIO } from "../src/state/place";
import { Privacy } from "../src/state/privacy";
import { Saving } from "../src/state/saving";
import { Deliveries } from "../src/state/webhooks";
import { json, listed, MemoryStorage, Platform } from "./platform";

describe("the place", () => {
  beforeEach(() => {
    location.hash = "";
  });

  it("is read from the address, and followed", async () => {
    location.hash = addressOf("keys");
    const place = new Place(window);
    expect(place.section).toBe("keys");
    let told = 0;
    place.subscribe(() => (told += 1));
    location.hash = STUDIO;
    await expect.poll(() => told).toBeGreaterThan(0);
    expect(place.section).toBeNull();
  });

  it("is the studio where the address says nothing that is known", () => {
    for (const hash of ["", "#account", "#account/", "#account/nowhere", "#account/keys/1", "#verify=keys"]) {
      location.hash = hash;
      expect(new Place(window).section).toBeNull();
    }
  });
});

describe("a device", () => {
  it.each([
    ["Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox · Linux"],
    ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge · Windows"],
    ["Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36", "Chrome · Android"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile/15E148 Safari/604.1", "Safari · iPhone"],
    ["python-httpx/0.28.1", "python-httpx/0.28.1"],
    ["", ""],
  ])("that calls itself %j is %j", (agent, name) => {
    expect(deviceName(agent)).toBe(name);
  });
});

describe("the size of a file", () => {
  it("has the unit that fits, in the page's language", () => {
    const language = new Language(new MemoryStorage(), ["en"]);
    expect([fileSize(2100), fileSize(1_440_000), fileSize(48_000_000)]).toEqual(["2.1 kB", "1.4 MB", "48 MB"]);
    language.choose("fr");
    expect(fileSize(1_440_000)).toMatch(/^1,4\sMo$/u);
    language.choose("en");
  });
});

describe("a file that somebody keeps", () => {
  it("comes piece by piece, and whole", async () => {
    const saving = new Saving();
    const received: number[] = [];
    saving.subscribe(() => received.push(saving.receivedBytes));
    const pieces = [new Uint8Array(5_000_000).fill(1), new Uint8Array(5_000_000).fill(2), new Uint8Array(3).fill(3)];
    const body = new ReadableStream<Uint8Array>({
      pull(control) {
        const piece = pieces.shift();
        if (piece) control.enqueue(piece);
        else control.close();
      },
    });
    const file = await saving.fetch("avatars.zip", () =>
      Promise.resolve(new Response(body, { headers: { "content-type": "application/zip" } })),
    );
    const bytes = new Uint8Array((await file?.arrayBuffer()) ?? new ArrayBuffer(0));
    expect([bytes.length, bytes[4_999_999], bytes[5_000_000], bytes[10_000_002]]).toEqual([10_000_003, 1, 2, 3]);
    expect(received).toEqual(expect.arrayContaining([5_000_000, 10_000_000, 10_000_003]));
    expect([file?.type, saving.name, saving.task.busy]).toEqual(["application/zip", null, false]);
  });

  it("that breaks off is none, and says so", async () => {
    const saving = new Saving();
    const body = new ReadableStream<Uint8Array>({
      pull(control) {
        control.error(new TypeError("cut"));
      },
    });
    expect(await saving.fetch("avatars.zip", () => Promise.resolve(new Response(body)))).toBeNull();
    expect(saving.task.failure).toBeInstanceOf(TypeError);
  });
});

describe("consent", () => {
  const policy = { purpose: "face_photos", version: "2026-11" } as const;
  const entry = (id: string, given: boolean, policyVersion = "2026-11"): Consent => {
    return { id, purpose: "face_photos", policyVersion, given, createdAt: "2026-01-02T03:04:05Z", address: "", agent: "" };
  };

  it("is what was said last, to the policy in force", async () => {
    const platform = new Platform();
    platform.on("GET /v1/consents/policies", () => json({ data: [policy] }));
    platform.on("GET /v1/me/consents", () => listed([entry("1", true, "2025-01")]));
    const privacy = new Privacy(new Desk(platform.client));
    await privacy.load();
    expect(privacy.isGiven(policy)).toBe(false);
    platform.on("POST /v1/me/consents", () => json(entry("2", true), 201));
    await privacy.consent(policy, true);
    expect(platform.calls("POST /v1/me/consents")).toEqual([{ purpose: "face_photos", policyVersion: "2026-11", given: true }]);
    expect(privacy.isGiven(policy)).toBe(true);
    platform.on("POST /v1/me/consents", () => json(entry("3", false), 201));
    await privacy.consent(policy, false);
    expect(privacy.isGiven(policy)).toBe(false);
  });
});

describe("deliveries", () => {
  const delivery = (state: Delivery["state"], attempts: number): Delivery => ({
    id: "d",
    messageId: "m",
    event: "webhook.test",
    state,
    attempts,
    status: null,
    error: null,
    createdAt: "2026-01-02T03:04:05Z",
    attemptedAt: null,
    nextAttemptAt: null,
  });

  it("are looked at after a test, until something has come of it", async () => {
    const platform = new Platform();
    platform.on("POST /v1/webhooks/h/test", () => json(delivery("waiting", 0), 202));
    const states = [delivery("waiting", 0), delivery("delivered", 1)];
    platform.on("GET /v1/webhooks/h/deliveries", () => listed([states.shift() ?? delivery("exhausted", 9)]));
    const deliveries = new Deliveries(new WebhookCalls(platform.client), { id: "h" } as Webhook, [1, 1, 1, 1]);
    await deliveries.test();
    expect(deliveries.list.items).toEqual([delivery("waiting", 0)]);
    await expect.poll(() => deliveries.list.items).toEqual([delivery("delivered", 1)]);
    expect(platform.requests("GET /v1/webhooks/h/deliveries")).toHaveLength(2);
  });
});
