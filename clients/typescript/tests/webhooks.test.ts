import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, it } from "node:test";

import { BadSignature, verifyWebhook } from "../src/index.js";

const KEY = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
const OLD_KEY = Buffer.alloc(32, 7);
const SECRET = `whsec_${KEY.toString("base64")}`;
const OLD = `whsec_${OLD_KEY.toString("base64")}`;
const NOW = Date.parse("2026-01-02T03:04:05Z");
const BODY = JSON.stringify({ type: "job.completed", timestamp: "2026-01-02T03:04:05Z", data: { jobId: "j-1", name: "é" } });

type Signed = Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string>;

function signed(body = BODY, ...keys: Buffer[]): Signed {
  const sentAt = String(NOW / 1000);
  const signatures = (keys.length ? keys : [KEY]).map(
    (key) => `v1,${createHmac("sha256", key).update(`msg_1.${sentAt}.${body}`).digest("base64")}`,
  );
  return { "webhook-id": "msg_1", "webhook-timestamp": sentAt, "webhook-signature": signatures.join(" ") };
}

describe("a webhook's message", () => {
  it("is read, whatever holds its headers", async () => {
    for (const headers of [signed(), new Headers(signed()), { "Webhook-Id": "msg_1", ...signed() }]) {
      const message = await verifyWebhook(SECRET, headers, new TextEncoder().encode(BODY), { now: NOW });
      assert.deepEqual(message, { id: "msg_1", type: "job.completed", timestamp: new Date(NOW), data: { jobId: "j-1", name: "é" } });
    }
  });

  it("is that of the specification's own example", async () => {
    // Of the test vectors that Standard Webhooks' libraries share.
    const headers = {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    };
    const check = verifyWebhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", headers, '{"test": 2432232314}', { now: 1614265330000 });
    // The signature is right; what it signs is not one of our messages.
    await assert.rejects(check, /not one of the platform's/);
  });

  it("is signed by both secrets while they rotate", async () => {
    for (const secret of [SECRET, OLD, [OLD, SECRET]]) {
      assert.equal((await verifyWebhook(secret, signed(BODY, OLD_KEY, KEY), BODY, { now: NOW })).id, "msg_1");
    }
  });

  it("may be five minutes off, and no more", async () => {
    for (const sign of [-1, 1]) {
      await verifyWebhook(SECRET, signed(), BODY, { now: NOW + sign * 300_000 });
      await assert.rejects(verifyWebhook(SECRET, signed(), BODY, { now: NOW + sign * 301_000 }), BadSignature);
    }
  });

  const good = signed();
  const bad: Record<string, Partial<Signed>> = {
    nothing: {},
    "another id": { ...good, "webhook-id": "msg_2" },
    "another time": { ...good, "webhook-timestamp": String(NOW / 1000 + 1) },
    "no time": { ...good, "webhook-timestamp": "soon" },
    "no signature": { ...good, "webhook-signature": "v1," },
    "another version": { ...good, "webhook-signature": good["webhook-signature"].replace("v1,", "v1a,") },
    "another secret": signed(BODY, OLD_KEY),
  };
  for (const [name, headers] of Object.entries(bad)) {
    it(`is refused: ${name}`, async () => {
      await assert.rejects(verifyWebhook(SECRET, headers, BODY, { now: NOW }), BadSignature);
    });
  }

  it("is refused with another body, and with one that is none", async () => {
    await assert.rejects(verifyWebhook(SECRET, signed(), BODY.replace("j-1", "j-2"), { now: NOW }), BadSignature);
    for (const body of ["no json", "[]", "null", '{"type": "x"}']) {
      await assert.rejects(verifyWebhook(SECRET, signed(body), body, { now: NOW }), BadSignature);
    }
  });

  it("is nothing without a secret", async () => {
    for (const secret of ["", "whsec_", "whsec_%%%"]) {
      await assert.rejects(verifyWebhook(secret, signed(), BODY, { now: NOW }), TypeError);
    }
  });
});
