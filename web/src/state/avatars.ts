import type { Atelier } from "../api/atelier";
import { patiently } from "../api/patience";
import type { Avatar } from "../api/types";
import type { BodyDraft } from "./body";
import { Latest } from "./latest";
import { Observable } from "./observable";
import type { Wardrobe } from "./wardrobe";

export type Phase = "idle" | "making" | "loading" | "changing";

export interface Shown {
  readonly avatar: Avatar;
  readonly glb: ArrayBuffer;
}

/** Quick changes of colour or size are sent as one. */
const CHANGE_QUIET_MS = 120;

/** The avatars that were made, and the one on show. */
export class Avatars extends Observable {
  phase: Phase = "idle";
  shown: Shown | null = null;
  failure: unknown = null;
  list: readonly Avatar[] = [];
  nextCursor: string | null = null;
  loadingList = false;

  #bodyRevision = -1;
  #dressRevision = -1;
  readonly #changing = new Latest<Avatar>((avatar) => this.#redress(avatar), { quietMs: CHANGE_QUIET_MS }, () => {
    this.changed();
  });

  constructor(
    private readonly api: Atelier,
    private readonly body: BodyDraft,
    private readonly wardrobe: Wardrobe,
  ) {
    super();
    wardrobe.subscribe(() => {
      this.#followWardrobe();
    });
  }

  /** The avatar on show, unless the person has changed since it was made. */
  get current(): Shown | null {
    return this.#bodyRevision === this.body.revision ? this.shown : null;
  }

  get busy(): boolean {
    return this.phase !== "idle";
  }

  /** The avatar is not that of the wardrobe yet. */
  get isFollowing(): boolean {
    return this.busy || this.#changing.isBusy;
  }

  async make(): Promise<void> {
    const revision = this.body.revision;
    this.#dressRevision = this.wardrobe.revision;
    await this.#attempt("making", async () => {
      const avatar = await this.api.createAvatar({ ...this.body.spec, ...this.wardrobe.dressing });
      this.list = [avatar, ...this.list];
      await this.#show(avatar, revision);
    });
    this.body.refused(this.failure);
    this.#followWardrobe();
  }

  async open(avatar: Avatar): Promise<void> {
    await this.#attempt("loading", async () => {
      this.body.load(avatar);
      this.#bodyRevision = -1;
      this.wardrobe.wear(avatar);
      this.#dressRevision = this.wardrobe.revision;
      await this.#show(avatar, this.body.revision);
    });
  }

  /** Lists an avatar that was made or changed elsewhere, and opens it. */
  async put(avatar: Avatar): Promise<void> {
    this.list = [avatar, ...this.list.filter(({ id }) => id !== avatar.id)];
    await this.open(avatar);
  }

  async remove(avatar: Avatar): Promise<void> {
    await this.#attempt("changing", async () => {
      await this.api.deleteAvatar(avatar.id);
      this.list = this.list.filter(({ id }) => id !== avatar.id);
      if (this.shown?.avatar.id === avatar.id) this.shown = null;
    });
  }

  /** Lists the newest avatars, and then each time the next page of older ones. */
  async loadMore(): Promise<void> {
    if (this.loadingList) return;
    this.loadingList = true;
    try {
      const page = await this.api.avatars(this.nextCursor);
      const known = new Set(this.list.map(({ id }) => id));
      this.list = [...this.list, ...page.data.filter(({ id }) => !known.has(id))];
      this.nextCursor = page.nextCursor;
    } catch (failure) {
      this.failure = failure;
    }
    this.loadingList = false;
    this.changed();
  }

  /** Resolves when changes of look and outfit have arrived. */
  settled(): Promise<void> {
    return this.#changing.settled();
  }

  /** Dresses the avatar on show as the wardrobe says by now. */
  #followWardrobe(): void {
    if (this.current !== null && this.#dressRevision !== this.wardrobe.revision) this.#changing.submit(this.current.avatar);
  }

  async #redress(avatar: Avatar): Promise<void> {
    const revision = this.body.revision;
    this.#dressRevision = this.wardrobe.revision;
    await this.#attempt("changing", async () => {
      const changed = await this.api.changeAvatar(avatar.id, this.wardrobe.changes(avatar));
      this.list = this.list.map((one) => (one.id === changed.id ? changed : one));
      await this.#show(changed, revision);
    });
  }

  async #show(avatar: Avatar, bodyRevision: number): Promise<void> {
    if (this.phase === "making") this.#enter("loading");
    this.shown = { avatar, glb: await patiently(() => this.api.file(avatar, "glb")) };
    this.#bodyRevision = bodyRevision;
  }

  async #attempt(phase: Phase, work: () => Promise<void>): Promise<void> {
    this.failure = null;
    this.#enter(phase);
    try {
      await work();
    } catch (failure) {
      this.failure = failure;
    }
    this.#enter("idle");
  }

  #enter(phase: Phase): void {
    this.phase = phase;
    this.changed();
  }
}
