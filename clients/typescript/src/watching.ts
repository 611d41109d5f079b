/** Watching a job: by events, which are taken up again where they broke off, and by asking where there are none. */

import { json } from "./answers.js";
import { AtelierError, WaitedTooLong, type Job } from "./errors.js";
import { EventReader } from "./events.js";
import { pause } from "./retries.js";
import type { Transport } from "./transport.js";

export interface Waiting {
  /** Longest wait, in milliseconds. */
  timeoutMs?: number;
  /** Ends the wait early. */
  signal?: AbortSignal;
}

export const ENDS: readonly Job["state"][] = ["completed", "failed", "cancelled"];

const JOB_TIMEOUT_MS = 6 * 3_600_000;
/** An event stream says something every 15 s; after three times that it is dead. */
const SILENCE_MS = 45_000;
/** Asking counts against the caller's requests, of which there may be 100 in 15 minutes; events count nothing. */
const LONGEST_PAUSE_MS = 15_000;
/** How long the platform may be away while somebody waits for a job. */
const OUTAGE_MS = 300_000;

/** One job that is watched. */
export class Watch {
  readonly #transport: Transport;
  readonly #path: string;
  readonly #id: string;
  readonly #reader = new EventReader();
  readonly #endsAt: number;
  readonly #signal: AbortSignal | undefined;
  #ended = false;
  #revision = -1;
  #fruitless = 0;
  #heardAt = Date.now();
  #askedMs = 0;

  constructor(transport: Transport, id: string, { timeoutMs = JOB_TIMEOUT_MS, signal }: Waiting) {
    this.#transport = transport;
    this.#id = id;
    this.#path = `/v1/jobs/${encodeURIComponent(id)}`;
    this.#endsAt = Date.now() + timeoutMs;
    this.#signal = signal;
  }

  /** The job now, and after each change, until it has ended. Throws WaitedTooLong. */
  async *changes(): AsyncGenerator<Job, void> {
    for (;;) {
      yield* this.#told();
      if (!this.#ended) yield* this.#asked();
      if (this.#ended) return;
      await pause(this.#pauseMs(), this.#signal);
    }
  }

  /** What one connection tells, until it breaks, for whatever reason: what is really wrong is said when we ask. */
  async *#told(): AsyncGenerator<Job, void> {
    const headers = { Accept: "text/event-stream", ...(this.#reader.lastId && { "Last-Event-ID": this.#reader.lastId }) };
    const request = this.#transport.request("GET", `${this.#path}/events`, { headers });
    this.#reader.begin();
    try {
      for await (const piece of this.#transport.pieces(request, { timeoutMs: SILENCE_MS, signal: this.#signal })) {
        for (const event of this.#reader.feed(piece)) {
          const job = json<Job>(event.data);
          if (this.#isNews(job)) yield job;
          if (this.#ended) return;
        }
        if (Date.now() >= this.#endsAt) return;
      }
    } catch (error) {
      if (!(error instanceof AtelierError)) throw error;
    }
  }

  async *#asked(): AsyncGenerator<Job, void> {
    let job: Job;
    try {
      job = await this.#transport.send(
        this.#transport.request("GET", this.#path),
        async (response) => json<Job>(await response.text()),
        { signal: this.#signal },
      );
    } catch (error) {
      if (!(error instanceof AtelierError)) throw error;
      if (!error.retryable || Date.now() - this.#heardAt > OUTAGE_MS) throw error;
      this.#askedMs = error.retryAfterMs ?? 0;
      return;
    }
    if (this.#isNews(job)) yield job;
  }

  /** Take note of the job; whether it has changed since it was last seen. */
  #isNews(job: Job): boolean {
    this.#heardAt = Date.now();
    this.#ended = ENDS.includes(job.state);
    const hasChanged = job.revision > this.#revision;
    if (hasChanged) {
      this.#revision = job.revision;
      this.#fruitless = 0;
    }
    return hasChanged;
  }

  /** Milliseconds until the next look: longer each time that there was nothing new. Throws WaitedTooLong. */
  #pauseMs(): number {
    const left = this.#endsAt - Date.now();
    if (left <= 0) throw new WaitedTooLong(this.#id);
    const wanted = Math.min(LONGEST_PAUSE_MS, this.#reader.retryMs * 2 ** this.#fruitless);
    this.#fruitless = Math.min(this.#fruitless + 1, 10);
    const asked = this.#askedMs;
    this.#askedMs = 0;
    return Math.min(left, Math.max(wanted, asked));
  }
}
