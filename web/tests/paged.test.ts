import { describe, expect, it } from "vitest";
import type { Page } from "../src/api/types";
import { idOf, Paged } from "../src/state/paged";

interface Item {
  readonly id: string;
  readonly text?: string;
}

function page(ids: string, nextCursor: string | null = null): Page<Item> {
  return { data: ids.split("").map((id) => ({ id })), nextCursor };
}

function ids(list: Paged<Item>): string {
  return list.items.map(idOf).join("");
}

describe("a list that comes in pages", () => {
  it("grows by a page each time, and shows nothing twice that moved meanwhile", async () => {
    const pages: Record<string, Page<Item>> = { "": page("abc", "1"), "1": page("cd") };
    const list = new Paged<Item>((cursor) => Promise.resolve(pages[cursor ?? ""] ?? page("")), idOf);
    await list.load();
    expect([ids(list), list.hasMore]).toEqual(["abc", true]);
    await list.more();
    expect([ids(list), list.hasMore]).toEqual(["abcd", false]);
    await list.load();
    expect([ids(list), list.hasMore]).toEqual(["abc", true]);
  });

  it("keeps what was there when a page does not come, and has it the next time", async () => {
    let isAway = false;
    const list = new Paged<Item>((cursor) => {
      if (isAway) return Promise.reject(new Error("away"));
      return Promise.resolve(cursor === null ? page("ab", "1") : page("c"));
    }, idOf);
    await list.load();
    isAway = true;
    await list.more();
    expect([ids(list), list.busy, list.hasMore]).toEqual(["ab", false, true]);
    expect(list.failure).toBeInstanceOf(Error);
    isAway = false;
    await list.more();
    expect([ids(list), list.failure]).toEqual(["abc", null]);
  });

  it("shows nothing of an answer that was overtaken", async () => {
    const answers: ((page: Page<Item>) => void)[] = [];
    const list = new Paged<Item>(() => new Promise((resolve) => answers.push(resolve)), idOf);
    const [first, second] = [list.load(), list.load()];
    answers[1]?.(page("new"));
    answers[0]?.(page("old"));
    await Promise.all([first, second]);
    expect(ids(list)).toBe("new");
  });

  it("takes changes of one item: a new one first, a known one in its place", async () => {
    const list = new Paged<Item>(() => Promise.resolve(page("ab")), idOf);
    await list.load();
    list.put({ id: "c" });
    list.put({ id: "b", text: "changed" });
    expect(list.items).toEqual([{ id: "c" }, { id: "a" }, { id: "b", text: "changed" }]);
    list.drop({ id: "a" });
    expect(ids(list)).toBe("cb");
  });
});
