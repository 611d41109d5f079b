import type { JobCalls } from "../api/jobs";
import type { Job } from "../api/schema";
import { JobWatch } from "./job-watch";
import { Observable } from "./observable";
import { Once } from "./once";
import { idOf, Paged } from "./paged";
import { Task } from "./task";

/** The person's batches; those that go on are followed as long as somebody looks. */
export class Batches extends Observable {
  readonly list: Paged<Job>;
  readonly starting = new Task();
  readonly cancelling = new Task();
  readonly #watch: JobWatch;
  readonly #once = new Once();

  constructor(private readonly calls: JobCalls) {
    super();
    this.list = new Paged((cursor) => calls.jobs(cursor), idOf);
    this.#watch = new JobWatch(
      calls,
      () => this.list.items,
      (news) => {
        this.#hear(news);
      },
    );
    this.list.subscribe(() => {
      this.#watch.follow();
    });
    this.#watch.subscribe(() => {
      this.changed();
    });
  }

  /** Lists the jobs, and hears of their changes until `leave`. */
  async watch(): Promise<void> {
    this.#watch.begin();
    await this.list.load();
  }

  leave(): void {
    this.#watch.leave();
  }

  isLost(job: Job): boolean {
    return this.#watch.isLost(job);
  }

  start(table: File): Promise<boolean> {
    return this.starting.run(async () => {
      const upload = { data: table, mediaType: mediaTypeOf(table) };
      this.#hear(await this.#once.ask([table], (key) => this.calls.startBatch(upload, key)));
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
}

function mediaTypeOf({ name, type }: File): string {
  const isJson = type === "application/json" || name.toLowerCase().endsWith(".json");
  return isJson ? "application/json" : "text/csv";
}
