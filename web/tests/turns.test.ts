import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../src/api/errors";
import { patiently } from "../src/api/patience";
import { Turns } from "../src/state/turns";

describe("turns", () => {
  it("are taken by so many at once, in their order, and go on after a failure", async () => {
    const turns = new Turns(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const pieces = [0, 1, 2, 3].map((number) =>
      turns.take(async () => {
        begun.push(number);
        await new Promise<void>((resolve) => ends.push(resolve));
        if (number === 0) throw new Error("lost");
      }),
    );
    const failed = expect(pieces[0]).rejects.toThrow("lost");
    await expect.poll(() => begun).toEqual([0, 1]);
    ends[0]?.();
    await failed;
    await expect.poll(() => begun).toEqual([0, 1, 2]);
    ends[1]?.();
    await expect.poll(() => begun).toEqual([0, 1, 2, 3]);
    for (const end of ends) end();
    await Promise.all(pieces.slice(1));
  });
});

describe("patience", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function refusal(retryable: boolean): ApiError {
    return new ApiError(retryable ? 503 : 404, { code: "c", error: "Not now.", details: [], retryable });
  }

  it.each([
    [true, 4],
    [false, 1],
  ])("with a refusal that is retryable: %s ends after %d tries", async (retryable, tries) => {
    const read = vi.fn(() => Promise.reject(refusal(retryable)));
    const told = expect(patiently(read)).rejects.toThrow("Not now.");
    await vi.runAllTimersAsync();
    await told;
    expect(read).toHaveBeenCalledTimes(tries);
  });

  it("gives what came later", async () => {
    const read = vi.fn().mockRejectedValueOnce(refusal(true)).mockResolvedValue("file");
    const told = patiently(read);
    await vi.runAllTimersAsync();
    expect(await told).toBe("file");
  });
});
