import { describe, expect, it } from "vitest";
import { Latest } from "../src/state/latest";

/** Work that waits until it is let go, and remembers its inputs. */
function gated(): { started: number[]; letGo: () => void; work: (input: number) => Promise<void> } {
  const gates: (() => void)[] = [];
  const started: number[] = [];
  return {
    started,
    letGo: () => {
      gates.shift()?.();
    },
    work: (input) => {
      started.push(input);
      return new Promise((resolve) => gates.push(resolve));
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe("Latest", () => {
  it("has one piece of work under way, and then only the newest input", async () => {
    const { started, letGo, work } = gated();
    const latest = new Latest(work);
    latest.submit(1);
    await turn();
    latest.submit(2);
    latest.submit(3);
    await turn();
    expect(started).toEqual([1]);
    letGo();
    await turn();
    expect(started).toEqual([1, 3]);
    letGo();
    await latest.settled();
    latest.submit(4);
    await turn();
    expect(started).toEqual([1, 3, 4]);
  });

  it("is busy until the newest input is done, and says when", async () => {
    const { letGo, work } = gated();
    const rests: boolean[] = [];
    const latest = new Latest<number>(work, {}, () => rests.push(latest.isBusy));
    latest.submit(1);
    await turn();
    latest.submit(2);
    letGo();
    await turn();
    expect([latest.isBusy, rests]).toEqual([true, []]);
    letGo();
    await latest.settled();
    expect([latest.isBusy, rests]).toEqual([false, [false]]);
  });

  it("waits for quiet when told to", async () => {
    const started: number[] = [];
    const latest = new Latest<number>((input) => Promise.resolve(void started.push(input)), { quietMs: 40 });
    for (const input of [1, 2, 3]) {
      latest.submit(input);
      await turn();
    }
    await latest.settled();
    expect(started).toEqual([3]);
  });
});
