import { EventReader } from "../../../clients/typescript/src/events";
import { ApiError } from "./errors";
import { ENDS, type Followed, type JobCalls } from "./jobs";
import type { Job } from "./schema";

const LONGEST_PAUSE_MS = 30_000;
/** An event stream says something every 15 s; after three times that it is dead. */
const SILENCE_MS = 45_000;

export interface Follower {
  /** There is something new about the job. */
  readonly onChange: (job: Job) => void;
  /** Whether changes are heard of, or the connection is lost and will be taken up again. */
  readonly onConnection: (live: boolean) => void;
}

/** Hears of a job's changes until it has ended; a lost connection is taken up again where it broke off. */
export class Following {
  readonly #reader = new EventReader();
  readonly #leaving = new AbortController();
  #state: Job["state"];
  #fruitless = 0;

  constructor(
    private readonly calls: JobCalls,
    private readonly job: Followed,
    private readonly follower: Follower,
  ) {
    this.#state = job.state;
  }

  stop(): void {
    this.#leaving.abort();
  }

  /** Throws ApiError for a refusal that time does not mend; everything else is a connection to take up again. */
  async run(): Promise<void> {
    await this.#listen();
    while (!this.#over) {
      this.follower.onConnection(false);
      await pause(Math.min(LONGEST_PAUSE_MS, this.#reader.retryMs * 2 ** this.#fruitless), this.#leaving.signal);
      this.#fruitless = Math.min(this.#fruitless + 1, 10);
      if (!this.#leaving.signal.aborted) await this.#listen();
    }
  }

  get #over(): boolean {
    return this.#leaving.signal.aborted || ENDS.includes(this.#state);
  }

  /** One connection, until it ends for whatever reason. */
  async #listen(): Promise<void> {
    try {
      const { body } = await this.calls.events(this.job, this.#reader.lastId, this.#leaving.signal);
      // 204: there is nothing more to hear, so the job has ended.
      if (body === null) this.#hear(await this.calls.job(this.job.id));
      else await this.#read(body);
    } catch (failure) {
      if (failure instanceof ApiError && failure.status < 500 && failure.status !== 429) throw failure;
    }
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    this.follower.onConnection(true);
    this.#reader.begin();
    const pieces = body.getReader();
    for (;;) {
      const silence = setTimeout(() => void pieces.cancel(), SILENCE_MS);
      const { value } = await pieces.read().finally(() => {
        clearTimeout(silence);
      });
      if (value === undefined) return;
      for (const event of this.#reader.feed(value)) this.#hear(JSON.parse(event.data) as Job);
    }
  }

  #hear(news: Job): void {
    this.#state = news.state;
    this.#fruitless = 0;
    if (!this.#leaving.signal.aborted) this.follower.onChange(news);
  }
}

/** Ends early, and not with an error, when it is told to. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
