import { Following } from "../api/job-events";
import { ENDS, type Followed, type JobCalls } from "../api/jobs";
import type { Job } from "../api/schema";
import { Observable } from "./observable";

/** A browser opens six connections to one server; the rest of the page needs some as well. */
const MOST_FOLLOWED = 3;

/** Hears of the changes of several jobs, as long as somebody looks. */
export class JobWatch extends Observable {
  /** Followed jobs by their ids. */
  readonly #followed = new Map<string, Following>();
  /** Jobs whose connection is lost: for now, or for good where the platform refuses it. */
  readonly #lost = new Set<string>();
  readonly #refused = new Set<string>();
  #watching = false;

  constructor(
    private readonly calls: JobCalls,
    /** The jobs that are shown, newest first. */
    private readonly shown: () => readonly Followed[],
    private readonly hear: (news: Job) => void,
  ) {
    super();
  }

  begin(): void {
    this.#watching = true;
  }

  leave(): void {
    this.#watching = false;
    for (const following of this.#followed.values()) following.stop();
    for (const known of [this.#followed, this.#lost, this.#refused]) known.clear();
  }

  /** Whether news of that job do not come in: its connection is being taken up again, or refused. */
  isLost({ id }: Pick<Job, "id">): boolean {
    return this.#lost.has(id);
  }

  /** Follows the oldest jobs that go on: they end first. */
  follow(): void {
    if (!this.#watching) return;
    const isOpen = ({ id, state }: Followed): boolean =>
      !ENDS.includes(state) && !this.#followed.has(id) && !this.#refused.has(id);
    const waiting = this.shown().filter(isOpen);
    for (const job of waiting.reverse().slice(0, MOST_FOLLOWED - this.#followed.size)) void this.#followOne(job);
  }

  async #followOne(job: Followed): Promise<void> {
    const following = new Following(this.calls, job, {
      onChange: (news) => {
        this.hear(news);
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
    this.follow();
  }

  #connected({ id }: Followed, live: boolean): void {
    if (live) this.#lost.delete(id);
    else this.#lost.add(id);
    this.changed();
  }
}
