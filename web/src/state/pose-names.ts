import type { PoseCalls } from "../api/poses";
import type { LocalizedText } from "../api/types";
import { Observable } from "./observable";

/** What poses are called that are known by their ids alone. */
export class PoseNames extends Observable {
  /** Null where a name is on its way, or cannot be had: the pose may be deleted. */
  readonly #names = new Map<string, LocalizedText | null>();

  constructor(private readonly calls: PoseCalls) {
    super();
  }

  /** The name, where it is known; otherwise it is asked for, once. */
  of(id: string): LocalizedText | null {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    this.#names.set(id, null);
    void this.#ask(id);
    return null;
  }

  async #ask(id: string): Promise<void> {
    this.#names.set(id, await this.calls.nameOf(id).catch(() => null));
    this.changed();
  }
}
