import { ApiError } from "../api/errors";

/**
 * Asks for a thing once, however often it is sent: the same thing once more, after an answer that got lost, goes under the
 * same key and is paid once. A refusal is an answer, and would come again under its key: what was refused is asked anew.
 */
export class Once {
  #asked: { readonly what: readonly unknown[]; readonly key: string } | null = null;

  /** `what` tells one thing from another, part by part. */
  async ask<T>(what: readonly unknown[], send: (key: string) => Promise<T>): Promise<T> {
    const { key } = (this.#asked = this.#known(what) ?? { what, key: crypto.randomUUID() });
    try {
      const answer = await send(key);
      this.#asked = null;
      return answer;
    } catch (failure) {
      if (failure instanceof ApiError && !failure.retryable) this.#asked = null;
      throw failure;
    }
  }

  #known(what: readonly unknown[]): { readonly what: readonly unknown[]; readonly key: string } | null {
    const before = this.#asked;
    const isSame = before?.what.length === what.length && what.every((part, index) => part === before.what[index]);
    return isSame ? before : null;
  }
}
