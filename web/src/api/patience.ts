import { ApiError } from "./errors";

const PAUSES_MS: readonly number[] = [1_000, 2_000, 4_000];

/** Reads what a platform that is busy just now will have a little later; the last failure is thrown. */
export async function patiently<T>(read: () => Promise<T>): Promise<T> {
  for (const pause of PAUSES_MS) {
    try {
      return await read();
    } catch (failure) {
      if (!(failure instanceof ApiError) || !failure.retryable) throw failure;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return read();
}
