import { ApiError } from "../api/errors";
import { Following } from "../api/job-events";
import { ENDS, type JobCalls } from "../api/jobs";
import type { Job } from "../api/schema";
import { Observable } from "./observable";
import { idOf, Paged } from "./paged";
import { Task } from "./task";

/** A browser opens six connections to one server; the rest of the page needs some as well. */
const MOST_FOLLOWED = 3;

/** The person's batches; those that go on are followed as long as somebody looks. */
export class Batches extends Observable {
  readonly list: Paged<Job>;
  readonly starting = new Task();
  readonly cancelling = new Task();
  /** Followed jobs by their ids. */
  readonly #followed = new Map<string, Following>();
  /** Jobs whose connection is lost: for now, or for good where the platform refuses it. */
  readonly #lost = new Set<string>();
  readonly #refused = new Set<string>();
  #watching = false;
  /** The table that was sent and not answered yet, and the key that asks for the same batch again. */
  #asked: { readonly table: File; readonly key: string } | null = null;

  constructor(private readonly calls: JobCalls) {
    super();
    this.list = new Paged((cursor) => calls.jobs(cursor), idOf);
    this.list.subscribe(() => {
      this.#follow();
    });
  }

  /** Lists the jobs, and hears of their changes until `leave`. */
  async watch(): Promise<void> {
    this.#watching = true;
    await this.list.load();
  }

  leave(): void {
    this.#watching = false;
    for (const following of this.#followed.values()) following.stop();
    for (const known of [this.#followed, this.#lost, this.#refused]) known.clear();
  }

  /** Whether news of that job come in, or its connection is being taken up again. */
  isLost({ id }: Job): boolean {
    return this.#lost.has(id);
  }

  /** Asks for a batch. The same table once more, after an answer that got lost, is the same batch and paid once. */
  start(table: File): Promise<boolean> {
    return this.starting.run(async () => {
      if (this.#asked?.table !== table) this.#asked = { table, key: crypto.randomUUID() };
      try {
        this.#hear(await this.calls.startBatch({ data: table, mediaType: mediaTypeOf(table) }, this.#asked.key));
        this.#asked = null;
      } catch (failure) {
        // A refusal is an answer, and would come again under its key.
        if (failure instanceof ApiError && !failure.retryable) this.#asked = null;
        throw failure;
      }
    });
  }

  cancel(job: Job): Promise<boolean> {
    return this.cancelling.run(async () => {
      this.#hear(await this.calls.cancel(job));
    });
  }

  /** Events and answers may come in either order: the higher revision is the later one. */
  #hear(job: Job): void {
    const known = this.list.items.find(({ id }) => id === job.id);
    if (known === undefined || known.revision <= job.revision) this.list.put(job);
  }

  /** Follows the oldest jobs that go on: they end first. */
  #follow(): void {
    if (!this.#watching) return;
    const isOpen = ({ id, state }: Job): boolean =>
      !ENDS.includes(state) && !this.#followed.has(id) && !this.#refused.has(id);
    const waiting = this.list.items.filter(isOpen);
    for (const job of waiting.reverse().slice(0, MOST_FOLLOWED - this.#followed.size)) void this.#followOne(job);
  }

  async #followOne(job: Job): Promise<void> {
    const following = new Following(this.calls, job, {
      onChange: (news) => {
        this.#hear(news);
      },
      onConnection: (live) => {
        this.#connected(job, live);
      },
    });
    this.#followed.set(job.id, following);
    const isRefused = await following.run().then(
      () => false,
      () => true,
    );
    if (this.#followed.get(job.id) !== following) return;
    this.#followed.delete(job.id);
    if (isRefused) this.#refused.add(job.id);
    this.#connected(job, !isRefused);
    this.#follow();
  }

  #connected({ id }: Job, live: boolean): void {
    if (live) this.#lost.delete(id);
    else this.#lost.add(id);
    this.changed();
  }
}

function mediaTypeOf({ name, type }: File): string {
  const isJson = type === "application/json" || name.toLowerCase().endsWith(".json");
  return isJson ? "application/json" : "text/csv";
}
