/** Messages of webhooks, checked as Standard Webhooks 1.0.0 has it (symmetric, `v1`). */

import { BadSignature } from "./errors.js";

/** A message that is the platform's. */
export interface WebhookMessage {
  /** The same for every attempt: a receiver knows repeats by it. */
  id: string;
  /** Such as `job.completed`. */
  type: string;
  timestamp: Date;
  data: Record<string, unknown>;
}

export interface WebhookCheck {
  /** How far the message's time may be from ours, in milliseconds: what is older may be a replay. */
  toleranceMs?: number;
  /** Unix time in milliseconds; this machine's where it is left out. */
  now?: number;
}

type HeaderValues = Headers | Record<string, string | readonly string[] | undefined>;

const TOLERANCE_MS = 300_000;
const PREFIX = "whsec_";
const HMAC = { name: "HMAC", hash: "SHA-256" };

/**
 * The message in a request to a webhook. Throws BadSignature.
 *
 * `body` must be the raw bytes: JSON that was read and written again has another signature. While a secret is rotated, give
 * both.
 */
export async function verifyWebhook(
  secret: string | readonly string[],
  headers: HeaderValues,
  body: Uint8Array | string,
  { toleranceMs = TOLERANCE_MS, now = Date.now() }: WebhookCheck = {},
): Promise<WebhookMessage> {
  const [id, sentAt, signatures] = ["id", "timestamp", "signature"].map((name) => header(headers, `webhook-${name}`)) as [
    string,
    string,
    string,
  ];
  checkTime(sentAt, now, toleranceMs);
  const content = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const signed = joined(new TextEncoder().encode(`${id}.${sentAt}.`), content);
  for (const each of typeof secret === "string" ? [secret] : secret) {
    const key = await crypto.subtle.importKey("raw", keyBytes(each), HMAC, false, ["verify"]);
    for (const signature of v1(signatures)) {
      // WebCrypto compares in constant time.
      if (await crypto.subtle.verify("HMAC", key, signature, signed)) return message(id, content);
    }
  }
  throw new BadSignature("no signature is by the secret");
}

function header(headers: HeaderValues, name: string): string {
  if (headers instanceof Headers) return headers.get(name) ?? "";
  const value = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof value === "string" ? value : "";
}

function checkTime(text: string, now: number, toleranceMs: number): void {
  if (!/^\d{1,15}$/.test(text)) throw new BadSignature("there is no time of sending");
  if (Math.abs(now - Number(text) * 1000) > toleranceMs) throw new BadSignature("the time of sending is too far from now");
}

/** Throws TypeError for a secret that is none: that is a mistake of whoever set it up, not of the message. */
function keyBytes(secret: string): Uint8Array<ArrayBuffer> {
  const key = fromBase64(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret);
  if (!key?.length) throw new TypeError("a webhook's secret is base64 after whsec_");
  return key;
}

function* v1(signatures: string): Generator<Uint8Array<ArrayBuffer>> {
  for (const signature of signatures.split(" ")) {
    const bytes = signature.startsWith("v1,") ? fromBase64(signature.slice(3)) : undefined;
    if (bytes) yield bytes;
  }
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function message(id: string, body: Uint8Array): WebhookMessage {
  let content: Partial<Record<"type" | "timestamp" | "data", unknown>> | null;
  try {
    content = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as typeof content;
  } catch {
    throw new BadSignature("the message is no JSON");
  }
  const { type, timestamp, data } = content ?? {};
  if (typeof type !== "string" || typeof timestamp !== "string" || typeof data !== "object" || data === null) {
    throw new BadSignature("the message is not one of the platform's");
  }
  return { id, type, timestamp: new Date(timestamp), data: data as Record<string, unknown> };
}
