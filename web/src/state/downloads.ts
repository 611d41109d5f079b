import type { Atelier } from "../api/atelier";
import type { Avatar, FileFormat } from "../api/types";
import { Observable } from "./observable";

/** Files that are fetched because somebody wants to keep them, one at a time. */
export class Downloads extends Observable {
  /** The format that is on its way. */
  fetching: FileFormat | null = null;
  failure: unknown = null;

  constructor(private readonly api: Atelier) {
    super();
  }

  /** The avatar's file; `null` when another one is on its way, or when it cannot be had. */
  async fetch(avatar: Avatar, format: FileFormat): Promise<Blob | null> {
    if (this.fetching !== null) return null;
    this.#enter(format, null);
    try {
      const blob = new Blob([await this.api.file(avatar, format)]);
      this.#enter(null, null);
      return blob;
    } catch (failure) {
      this.#enter(null, failure);
      return null;
    }
  }

  #enter(fetching: FileFormat | null, failure: unknown): void {
    this.fetching = fetching;
    this.failure = failure;
    this.changed();
  }
}
