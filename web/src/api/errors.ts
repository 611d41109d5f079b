import type { FieldFault, Facts, Problem } from "./types";

/** `/v1` refused a request, and said why in the language that was asked for. */
export class ApiError extends Error {
  readonly code: string;
  readonly details: readonly FieldFault[];
  readonly facts: Facts;
  /** The same request may work later. */
  readonly retryable: boolean;

  constructor(
    readonly status: number,
    problem: Pick<Problem, "error" | "code" | "details" | "retryable">,
    /** How long the platform asks to wait before that, in milliseconds. */
    readonly retryAfterMs = 0,
  ) {
    super(problem.error);
    this.code = problem.code;
    this.retryable = problem.retryable ?? false;
    // The contract has a bare object where no field is at fault.
    const { details = [] } = problem;
    this.details = isFaults(details) ? details : [];
    this.facts = isFaults(details) ? {} : details;
  }
}

function isFaults(details: readonly FieldFault[] | Facts): details is readonly FieldFault[] {
  return Array.isArray(details);
}

/** A job has failed; the message is the platform's, for people. */
export class JobFailed extends Error {}

/** No answer came: the network or the platform is away, or the answer made no sense. */
export class Unreachable extends Error {}

/**
 * What is wrong with each of the fields that a form shows.
 *
 * A field is matched by the last part of its path (`measurements.waist_girth`, `body.email`).
 */
export function faultsByField<F extends string>(error: unknown, fields: readonly F[]): Map<F, string> {
  const faults = new Map<F, string>();
  if (!(error instanceof ApiError)) return faults;
  for (const detail of error.details) {
    const last = detail.field?.split(/[.[\]"']+/).filter(Boolean).at(-1);
    const field = fields.find((known) => known === last);
    if (field !== undefined) faults.set(field, detail.message ?? error.message);
  }
  return faults;
}
