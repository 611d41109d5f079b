import { Observable } from "./observable";

/** A kind of work that a person asks for, one piece at a time: whether it goes on, and what went wrong with the last. */
export class Task extends Observable {
  busy = false;
  failure: unknown = null;

  /** Does the work, unless some is under way; whether it went well. */
  async run(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.#enter(true, null);
    try {
      await work();
      this.#enter(false, null);
    } catch (failure) {
      this.#enter(false, failure);
    }
    return this.failure === null;
  }

  /** The person has seen what went wrong. */
  forget(): void {
    this.#enter(this.busy, null);
  }

  #enter(busy: boolean, failure: unknown): void {
    this.busy = busy;
    this.failure = failure;
    this.changed();
  }
}
