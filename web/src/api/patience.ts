import { ApiError, Unreachable } from "./errors";

const PAUSES_MS: readonly number[] = [1_000, 2_000, 4_000];

/** Reads what a platform that is busy just now will have a little later; the last failure is thrown. */
export async function patiently<T>(read: () => Promise<T>): Promise<T> {
  for (const pause of PAUSES_MS) {
    try {
      return await read();
    } catch (failure) {
      if (!mayPass(failure)) throw failure;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return read();
}

/** Whether the same request may go well later: the platform is busy, or was not reached. */
export function mayPass(failure: unknown): boolean {
  return failure instanceof Unreachable || (failure instanceof ApiError && failure.retryable);
}

/** How long to wait after a failure, in milliseconds: the usual pause, or what the platform asks for where that is longer. */
export function pauseAfter(failure: unknown, usualMs: number): number {
  return failure instanceof ApiError ? Math.max(usualMs, failure.retryAfterMs) : usualMs;
}
