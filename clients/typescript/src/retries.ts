/** When to try again, and how long to wait before. */

import type { AtelierError } from "./errors.js";

/** Failures that may pass are tried again, with waits that double and are drawn from their upper half. */
export interface Retries {
  /** Tries after the first. */
  most: number;
  /** The first wait, at most, in milliseconds. */
  firstMs: number;
  /** The longest wait, in milliseconds. Where the platform asks for more, the caller is told instead. */
  longestMs: number;
}

export const RETRIES: Retries = { most: 4, firstMs: 500, longestMs: 30_000 };

/** Milliseconds to wait after so many failures, of which that was the last; undefined for not again. */
export function waitMs(retries: Retries, failures: number, error: AtelierError): number | undefined {
  if (failures > retries.most || !error.retryable) return undefined;
  if (error.retryAfterMs !== undefined) return error.retryAfterMs <= retries.longestMs ? error.retryAfterMs : undefined;
  const longest = Math.min(retries.longestMs, retries.firstMs * 2 ** (failures - 1));
  return longest * (0.5 + Math.random() / 2);
}

/** Let time pass; the signal ends it early, and throws its reason. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
