/** What can go wrong. */

import type { components } from "./schema.js";

export type Problem = components["schemas"]["Problem"];
export type Job = components["schemas"]["Job"];

/** Anything that this client throws by itself. */
export class AtelierError extends Error {
  /** For machines; a refusal's is the platform's. */
  readonly code: string;
  /** A refusal's faulty fields, or facts such as credits `{needed, available}`. */
  readonly details: Problem["details"];
  /** What the platform's operator finds the request by. */
  readonly requestId: string | undefined;
  /** Whether the same may work later. This client has tried already. */
  readonly retryable: boolean;
  /** Milliseconds after which the platform asks to try again. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, code: string, more: Partial<Omit<AtelierError, keyof Error | "code">> = {}) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    this.details = more.details ?? [];
    this.requestId = more.requestId;
    this.retryable = more.retryable ?? false;
    this.retryAfterMs = more.retryAfterMs;
  }
}

/** The platform answered with a refusal. */
export class Refused extends AtelierError {
  /** HTTP status. */
  readonly status: number;

  constructor(message: string, code: string, status: number, more: ConstructorParameters<typeof AtelierError>[2]) {
    super(message, code, more);
    this.status = status;
  }
}

/** There was no answer: no connection, or none in time. */
export class Unreachable extends AtelierError {
  constructor(message: string) {
    super(message, "unreachable", { retryable: true });
  }
}

/** The answer is not one of this API: the address is another server's, or the client is too old. */
export class UnexpectedAnswer extends AtelierError {
  constructor(message: string) {
    super(message, "unexpected_answer");
  }
}

/** A job that was waited for failed, or was cancelled. */
export class JobNotCompleted extends AtelierError {
  readonly job: Job;

  constructor(job: Job) {
    super(job.error?.message ?? `the job was ${job.state}`, job.error?.code ?? `job_${job.state}`);
    this.job = job;
  }
}

/** A job that was waited for is not done yet; it goes on, and can be waited for again. */
export class WaitedTooLong extends AtelierError {
  constructor(jobId: string) {
    super(`job ${jobId} has not ended yet`, "waited_too_long");
  }
}

/** A webhook's message is not from the platform, or too old. Answer 400, and do nothing else. */
export class BadSignature extends AtelierError {
  constructor(message: string) {
    super(message, "bad_signature");
  }
}
