import type { Shareable, ShareCalls, ShareWish } from "../api/shares";
import type { NewShare, Share } from "../api/schema";
import { Observable } from "./observable";
import { idOf, Paged } from "./paged";
import { Task } from "./task";

/** The person's links to pictures that hold, newest first. */
export class Shares extends Observable {
  readonly list: Paged<Share>;
  readonly making = new Task();
  readonly revoking = new Task();
  /** The one that was made just now, with its address: that is told this once. */
  made: NewShare | null = null;

  constructor(private readonly calls: ShareCalls) {
    super();
    this.list = new Paged((cursor) => calls.list(cursor), idOf);
    for (const part of [this.list, this.making, this.revoking]) {
      part.subscribe(() => {
        this.changed();
      });
    }
  }

  make(shown: Shareable, wish: ShareWish): Promise<boolean> {
    return this.making.run(async () => {
      this.made = await this.calls.make(shown, wish);
    });
  }

  /** The person has the address; the page forgets it. */
  keep(): void {
    this.made = null;
    this.making.forget();
  }

  revoke(share: Share): Promise<boolean> {
    return this.revoking.run(async () => {
      await this.calls.revoke(share);
      this.list.drop(share);
    });
  }
}
