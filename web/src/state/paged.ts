import type { Page } from "../api/types";
import { Observable } from "./observable";

/** A list of the platform, as far as it was fetched: the first page, and each time that it is asked for one more. */
export class Paged<T> extends Observable {
  items: readonly T[] = [];
  /** The first page has come. */
  loaded = false;
  busy = false;
  failure: unknown = null;
  #nextCursor: string | null = null;
  /** Counts the times that the list was begun anew: what was asked before is not shown after. */
  #generation = 0;

  constructor(
    private readonly fetch: (cursor: string | null) => Promise<Page<T>>,
    /** What tells one item from another. */
    private readonly keyOf: (item: T) => unknown,
  ) {
    super();
  }

  /** There are more than those in `items`. */
  get hasMore(): boolean {
    return this.#nextCursor !== null;
  }

  /** Begins anew with the first page; what was there stays until it comes. */
  load(): Promise<void> {
    return this.#take(null, () => []);
  }

  async more(): Promise<void> {
    if (!this.busy) await this.#take(this.#nextCursor, () => this.items);
  }

  /** A new item goes first, one that is there already is replaced. */
  put(item: T): void {
    const key = this.keyOf(item);
    const isKnown = this.items.some((one) => this.keyOf(one) === key);
    this.items = isKnown ? this.items.map((one) => (this.keyOf(one) === key ? item : one)) : [item, ...this.items];
    this.changed();
  }

  drop(item: T): void {
    this.items = this.items.filter((one) => this.keyOf(one) !== this.keyOf(item));
    this.changed();
  }

  async #take(cursor: string | null, before: () => readonly T[]): Promise<void> {
    const generation = ++this.#generation;
    this.busy = true;
    this.failure = null;
    this.changed();
    const page = await this.fetch(cursor).catch((failure: unknown) => ({ failure }));
    if (generation !== this.#generation) return;
    if ("failure" in page) this.failure = page.failure;
    else this.#show(page, before());
    this.busy = false;
    this.changed();
  }

  #show({ data, nextCursor }: Page<T>, before: readonly T[]): void {
    const known = new Set(before.map(this.keyOf));
    this.items = [...before, ...data.filter((item) => !known.has(this.keyOf(item)))];
    this.#nextCursor = nextCursor;
    this.loaded = true;
  }
}

/** What tells records of the platform apart. */
export function idOf({ id }: { readonly id: string }): string {
  return id;
}
