/** Answers that are no success, as errors. */

import { Refused, UnexpectedAnswer, type Problem } from "./errors.js";

// What proxies before the platform answer, and what the platform says with a body that was lost.
const MAY_PASS = new Set([408, 429, 502, 503, 504]);

/** The error of an answer that is no success. */
export async function refusal(response: Response): Promise<Refused> {
  const problem = await problemOf(response);
  const code = problem.code ?? `http_${response.status}`;
  return new Refused(problem.error ?? response.statusText, code, response.status, {
    details: problem.details ?? [],
    requestId: problem.requestId ?? response.headers.get("x-request-id") ?? undefined,
    retryable: MAY_PASS.has(response.status) || problem.retryable === true,
    retryAfterMs: retryAfterMs(response.headers.get("retry-after") ?? ""),
  });
}

/** The JSON of an answer. Throws UnexpectedAnswer for anything else. */
export function json<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new UnexpectedAnswer("the answer is no JSON");
  }
}

async function problemOf(response: Response): Promise<Partial<Problem>> {
  const text = await response.text();
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? body : {};
  } catch {
    return {};
  }
}

/** Milliseconds; the header has seconds, or a date. */
function retryAfterMs(text: string): number | undefined {
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? undefined : Math.max(0, moment - Date.now());
}
