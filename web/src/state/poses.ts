import type { PoseCalls, PoseWish } from "../api/poses";
import type { PoseFacets, PoseSummary } from "../api/schema";
import { Latest } from "./latest";
import { Observable } from "./observable";
import { idOf, Paged } from "./paged";

/** Words that are being typed are looked up when they rest. */
const WORDS_QUIET_MS = 250;
const EVERYTHING: PoseWish = { words: "", category: null, difficulty: null, suits: null };

/** The pose library, as far as somebody has asked to see it. */
export class PoseLibrary extends Observable {
  readonly poses: Paged<PoseSummary>;
  wish = EVERYTHING;
  facets: PoseFacets | null = null;
  readonly #looking = new Latest<PoseWish>(() => this.poses.load(), { quietMs: WORDS_QUIET_MS });

  constructor(private readonly calls: PoseCalls) {
    super();
    this.poses = new Paged((cursor) => calls.poses(this.wish, cursor), idOf);
    this.poses.subscribe(() => {
      this.changed();
    });
  }

  /** Fetches the first page, once. */
  async open(): Promise<void> {
    if (this.poses.loaded || this.poses.busy) return;
    await Promise.all([this.poses.load(), this.#readFacets()]);
  }

  /** Narrows what is shown. */
  want(part: Partial<PoseWish>): void {
    this.wish = { ...this.wish, ...part };
    this.changed();
    this.#looking.submit(this.wish);
  }

  /** Shows all of it again. */
  wantAll(): void {
    this.want(EVERYTHING);
  }

  get isNarrowed(): boolean {
    return Object.values(this.wish).some(Boolean);
  }

  /** Resolves when what is wanted is shown. */
  settled(): Promise<void> {
    return this.#looking.settled();
  }

  async #readFacets(): Promise<void> {
    // Without them the categories cannot be chosen; the poses and the search are there all the same.
    this.facets = await this.calls.facets().catch(() => null);
    this.changed();
  }
}
