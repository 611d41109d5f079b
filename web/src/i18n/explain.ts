import { ApiError, JobFailed, Unreachable } from "../api/errors";
import { m } from "../paraglide/messages.js";

/** One sentence for a person about what went wrong. */
export function explain(error: unknown): string {
  if (error instanceof ApiError || error instanceof JobFailed) return error.message;
  if (error instanceof Unreachable) return m.error_unreachable();
  return m.error_unexpected();
}
