import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import { EventReader } from "../src/events.js";
import { JobNotCompleted, Refused, WaitedTooLong } from "../src/index.js";
import { CUT, PlatformDouble, events, job, refused, said, type Answer } from "./platform-double.js";

const WATCH = "GET /v1/jobs/j-1/events";
const ASK = "GET /v1/jobs/j-1";

let platform: PlatformDouble;

beforeEach(async () => {
  platform = await PlatformDouble.start();
});

afterEach(async () => {
  await platform[Symbol.asyncDispose]();
});

async function revisions(): Promise<number[]> {
  const seen: number[] = [];
  for await (const { revision } of platform.client().watch("j-1")) seen.push(revision);
  return seen;
}

describe("a watched job", () => {
  it("is taken up where its stream broke", async () => {
    platform.will(
      events(job("pending", 1), job("processing", 2), 'id: 3\ndata: {"id": '),
      said(job("processing", 2)),
      events(job("processing", 3), ": still there\n\n", job("completed", 4)),
    );
    assert.deepEqual(await revisions(), [1, 2, 3, 4]);
    assert.deepEqual(platform.asked.map(({ what }) => what), [WATCH, ASK, WATCH]);
    assert.deepEqual(platform.asked.map(({ headers }) => headers["last-event-id"]), [undefined, undefined, "2"]);
  });

  const failures: Record<string, Answer> = {
    "a platform with too many streams": refused(503, "overloaded"),
    "a platform without events": { status: 404 },
    "a proxy that cuts them": CUT,
    "an odd event": { status: 200, body: "data: <html>\n\n" },
  };
  for (const [name, failure] of Object.entries(failures)) {
    it(`is asked for instead: ${name}`, async () => {
      platform.will(events(), said(job("pending", 1)), failure, said(job("processing", 2)));
      platform.will(failure, said(job("processing", 2)), failure, said(job("completed", 3)));
      assert.deepEqual(await revisions(), [1, 2, 3]);
      assert.deepEqual(platform.asked.map(({ what }) => what), Array(4).fill([WATCH, ASK]).flat());
    });
  }

  it("that had ended before is told once", async () => {
    platform.will({ status: 204 }, said(job("completed", 9)));
    assert.deepEqual(await revisions(), [9]);
  });

  it("that does not exist is told", async () => {
    platform.will(refused(404, "job_not_found"), refused(404, "job_not_found"));
    await assert.rejects(platform.client().wait("j-1"), (error) => error instanceof Refused && error.code === "job_not_found");
  });

  it("outlives a platform that is away for a while", async () => {
    platform.will(events(job("processing", 1)), ...Array<Answer>(4).fill(CUT), events(job("completed", 2)));
    assert.equal((await platform.client().wait("j-1")).revision, 2);
  });

  it("that does not complete is an error", async () => {
    platform.will(events(job("failed", 2, { error: { code: "job_poisoned", message: "three deaths", photos: [] } })), events(job("cancelled", 2)));
    for (const code of ["job_poisoned", "job_cancelled"]) {
      await assert.rejects(platform.client().wait("j-1"), (error) => error instanceof JobNotCompleted && error.code === code);
    }
  });

  it("is not waited for without end", async () => {
    platform.will(events(job("processing", 1)), said(job("processing", 1)));
    await assert.rejects(platform.client().wait("j-1", { timeoutMs: 0 }), WaitedTooLong);
  });

  it("is left when the caller leaves", async () => {
    platform.will(events(job("processing", 1)), said(job("processing", 1)));
    const control = new AbortController();
    const onProgress = (): void => {
      control.abort(new Error("enough"));
    };
    await assert.rejects(platform.client().wait("j-1", { signal: control.signal, onProgress }), /enough/);
  });
});

describe("events", () => {
  const text = 'retry: 250\n\n: hello\nid: 1\nevent: job\ndata: {"a":\ndata:  "\u2028é"}\n\ndata: two\n\nid: 3\n\nid: 4\nnonsense\ndata\n\ndata: half';
  const told = [
    { id: "1", kind: "job", data: '{"a":\n "\u2028é"}' },
    { id: "1", kind: "message", data: "two" },
    { id: "4", kind: "message", data: "" },
  ];
  for (const end of ["\n", "\r\n", "\r"]) {
    it(`do not depend on how their bytes arrive: ${JSON.stringify(end)}`, () => {
      const stream = new TextEncoder().encode(text.replaceAll("\n", end));
      for (let size = 1; size <= stream.length; size++) {
        const reader = new EventReader();
        const seen = [];
        for (let at = 0; at < stream.length; at += size) seen.push(...reader.feed(stream.subarray(at, at + size)));
        assert.deepEqual(seen, told);
        assert.deepEqual([reader.lastId, reader.retryMs], ["4", 250]);
      }
    });
  }
});
