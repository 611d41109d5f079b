import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, it } from "node:test";

import { Refused, UnexpectedAnswer, Unreachable, type Job } from "../src/index.js";
import { CUT, PlatformDouble, events, job, refused, said, type Answer } from "./platform-double.js";

const DRAFT = { bodyType: "feminine", measurements: { stature: 1662 } } as const;
const AVATAR = { id: "a-1", links: { glb: "/v1/avatars/a-1.glb" } };

let platform: PlatformDouble;

beforeEach(async () => {
  platform = await PlatformDouble.start();
});

afterEach(async () => {
  await platform[Symbol.asyncDispose]();
});

describe("requests", () => {
  it("say who asks and what was given", async () => {
    platform.will(said(AVATAR, 201));
    assert.equal((await platform.client().makeAvatar(DRAFT)).id, "a-1");
    const [asked] = platform.asked;
    assert.equal(asked?.what, "POST /v1/avatars");
    assert.equal(asked?.headers.authorization, "Bearer atk_1");
    assert.equal(asked?.headers["accept-language"], "en");
    assert.deepEqual(JSON.parse(asked?.body ?? ""), DRAFT);
  });

  const mayPass: Record<string, Answer> = {
    overload: refused(503, "overloaded", { "retry-after": "0" }),
    "the same request at work": refused(409, "idempotency_in_progress"),
    "a proxy": { status: 502, body: "<html>" },
    "a cut": CUT,
    "an answer that breaks off": { status: 201, body: '{"id": ', breaksOff: true },
  };
  for (const [name, failure] of Object.entries(mayPass)) {
    it(`are sent again, as the same, after ${name}`, async () => {
      platform.will(failure, failure, said(AVATAR, 201));
      assert.equal((await platform.client().makeAvatar(DRAFT)).id, "a-1");
      assert.equal(platform.asked.length, 3);
      assert.equal(new Set(platform.asked.map(({ headers, body }) => `${headers["idempotency-key"]} ${body}`)).size, 1);
    });
  }

  it("have another key each, unless one is given", async () => {
    platform.will(...Array<Answer>(3).fill(said(job("pending", 1), 202)));
    const client = platform.client();
    await client.startBatch([DRAFT]);
    await client.startBatch([DRAFT]);
    await client.startBatch([DRAFT], "mine");
    const keys = platform.asked.map(({ headers }) => headers["idempotency-key"]);
    assert.notEqual(keys[0], keys[1]);
    assert.equal(keys[2], "mine");
  });

  it("are given up", async () => {
    platform.will(...Array<Answer>(4).fill(CUT));
    await assert.rejects(platform.client().makeAvatar(DRAFT), (error) => error instanceof Unreachable && error.retryable);
    assert.equal(platform.asked.length, 4);
  });

  it("are given up after a silence", async () => {
    const silent = new (await import("../src/index.js")).Atelier({
      baseUrl: "http://127.0.0.1:9",
      timeoutMs: 20,
      retries: { most: 0 },
      fetch: async (_, init) =>
        await new Promise((_, reject) => {
          init?.signal?.addEventListener("abort", () => {
            reject(init.signal?.reason as Error);
          });
        }),
    });
    await assert.rejects(silent.makeAvatar(DRAFT), (error) => error instanceof Unreachable && /silent for/.test(error.message));
  });

  it("are refused once where the refusal stays", async () => {
    platform.will(refused(400, "invalid_argument"));
    await assert.rejects(platform.client().makeAvatar(DRAFT), (error) => {
      assert.ok(error instanceof Refused);
      assert.deepEqual([error.status, error.code, error.requestId, error.retryable], [400, "invalid_argument", "r-1", false]);
      return true;
    });
    assert.equal(platform.asked.length, 1);
  });

  for (const [name, value] of [["seconds", "900"], ["a date", new Date(Date.now() + 900_000).toUTCString()]] as const) {
    it(`leave a wait that is too long to the caller: ${name}`, async () => {
      platform.will(refused(429, "rate_limited", { "retry-after": value }));
      await assert.rejects(platform.client().makeAvatar(DRAFT), (error) => {
        assert.ok(error instanceof Refused && error.retryAfterMs !== undefined);
        assert.ok(Math.abs(error.retryAfterMs - 900_000) < 20_000);
        return true;
      });
    });
  }

  it("go to no other server", async () => {
    for (const link of ["https://example.org/a.glb", "//example.org/a.glb", "v1/a.glb"]) {
      await assert.rejects(platform.client().download(link), TypeError);
    }
    platform.will({ status: 302, headers: { location: "/elsewhere" } });
    await assert.rejects(platform.client().download("/v1/a.glb"), (error) => error instanceof Refused && error.status === 302);
    assert.equal(platform.asked.length, 1);
  });

  it("through `api` are tried again and thrown, too", async () => {
    platform.will(CUT, said({ balance: 7, held: 0 }), refused(404, "not_found"));
    const { api } = platform.client();
    assert.equal((await api.GET("/v1/credits")).data?.balance, 7);
    const unknown = api.GET("/v1/avatars/{id}", { params: { path: { id: "../me" } } });
    await assert.rejects(unknown, (error) => error instanceof Refused && error.code === "not_found");
    assert.equal(platform.asked[2]?.what, "GET /v1/avatars/..%2Fme");
  });

  it("tell what is no JSON", async () => {
    platform.will({ status: 200, body: "<html>" });
    await assert.rejects(platform.client().makeAvatar(DRAFT), UnexpectedAnswer);
  });
});

describe("lists and files", () => {
  it("page by themselves, as they are needed", async () => {
    const page = (ids: string[], nextCursor: string | null): Answer => said({ data: ids.map((id) => ({ id })), nextCursor });
    platform.will(page(["1", "2"], "c&1"), page([], "c2"), page(["3"], null));
    const seen: string[] = [];
    for await (const avatar of platform.client().each("/v1/avatars", { limit: "2" })) {
      if (avatar.id === "2") assert.equal(platform.asked.length, 1);
      seen.push(avatar.id);
    }
    assert.deepEqual(seen, ["1", "2", "3"]);
    assert.equal(platform.asked[1]?.what, "GET /v1/avatars?limit=2&cursor=c%261");
  });

  it("an avatar and its file are one call, and what breaks off begins again", async () => {
    platform.will(said(AVATAR, 201), { status: 200, body: "gl", breaksOff: true }, { status: 200, body: "glTF" });
    const { glb } = await platform.client().makeGlb(DRAFT);
    assert.equal(Buffer.from(glb).toString(), "glTF");
  });

  it("a batch and its archive are one call", async () => {
    const sha256 = createHash("sha256").update("zip").digest("hex");
    const result = { name: "avatars.zip", href: "/v1/jobs/j-1/avatars.zip", mediaType: "application/zip", size: 3, sha256 };
    const told = events(job("processing", 2), job("completed", 3, { results: [result] }));
    const answers = [said(job("pending", 1), 202), told];
    platform.will(...answers, { status: 200, body: "zip" }, ...answers, { status: 200, body: "zap" });
    const seen: Job["state"][] = [];
    const table = "bodyType,stature\nfeminine,1662\n";
    const { archive } = await platform.client().makeBatch(table, { onProgress: ({ state }) => seen.push(state) });
    assert.equal(Buffer.from(archive).toString(), "zip");
    assert.deepEqual(seen, ["processing", "completed"]);
    assert.deepEqual([platform.asked[0]?.headers["content-type"], platform.asked[0]?.body], ["text/csv", table]);
    await assert.rejects(platform.client().makeBatch(table), UnexpectedAnswer);
  });
});
