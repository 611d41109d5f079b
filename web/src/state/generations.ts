import type { GenerationCalls } from "../api/generations";
import { ENDS, type Followed, type JobCalls } from "../api/jobs";
import { patiently } from "../api/patience";
import type { Generation, GenerationStats, Job } from "../api/schema";
import { JobWatch } from "./job-watch";
import { Latest } from "./latest";
import { Observable } from "./observable";
import { idOf, Paged } from "./paged";
import { Task } from "./task";
import type { Wallet } from "./wallet";

/** Held credits are taken or given back a moment after a job's end; those that are held longer are held for other work. */
const SETTLING_MS: readonly number[] = [0, 500, 1_000, 2_000];

/** The person's pictures in poses, newest first; those that are not drawn yet are followed as long as somebody looks. */
export class Generations extends Observable {
  readonly list: Paged<Generation>;
  readonly removing = new Task();
  stats: GenerationStats | null = null;
  /** Why one that has ended could not be fetched. */
  failure: unknown = null;
  readonly #watch: JobWatch;
  /** Pictures that were fetched, by the ids of their generations: promises, so that each is fetched once. */
  readonly #pictures = new Map<string, Promise<Blob>>();
  readonly #settling = new Latest<null>(() => this.#settle());

  constructor(
    private readonly calls: GenerationCalls,
    jobs: JobCalls,
    private readonly wallet: Wallet,
  ) {
    super();
    this.list = new Paged((cursor) => calls.list(cursor), idOf);
    this.#watch = new JobWatch(
      jobs,
      () => this.list.items.map(jobOf),
      (news) => void this.#hear(news),
    );
    this.list.subscribe(() => {
      this.#watch.follow();
    });
    for (const part of [this.list, this.removing, this.#watch]) {
      part.subscribe(() => {
        this.changed();
      });
    }
  }

  /** Lists them, and hears of their changes until `leave`. */
  async watch(): Promise<void> {
    this.#watch.begin();
    this.failure = null;
    this.#settling.submit(null);
    await this.list.load();
  }

  leave(): void {
    this.#watch.leave();
  }

  find(id: string): Generation | undefined {
    return this.list.items.find((one) => one.id === id);
  }

  isLost(generation: Generation): boolean {
    return this.#watch.isLost(generation);
  }

  /** Lists what was accepted just now; the last of them is the newest. */
  add(accepted: readonly Generation[]): void {
    for (const generation of accepted) this.list.put(generation);
    this.#settling.submit(null);
  }

  /** Deletes one with its files; one that is not drawn yet is cancelled and costs nothing. */
  remove(generation: Generation): Promise<boolean> {
    return this.removing.run(async () => {
      await this.calls.remove(generation);
      this.#pictures.delete(generation.id);
      this.list.drop(generation);
      this.#settling.submit(null);
    });
  }

  /** A finished picture. */
  picture(id: string, address: string): Promise<Blob> {
    const known = this.#pictures.get(id);
    if (known) return known;
    const coming = patiently(() => this.calls.file(address));
    this.#pictures.set(id, coming);
    // What could not be had may be asked for again.
    coming.catch(() => this.#pictures.delete(id));
    return coming;
  }

  /** The photo that was kept with it. */
  photo(address: string): Promise<Blob> {
    return this.calls.file(address);
  }

  /** Resolves when sums and balance are as they are now. */
  settled(): Promise<void> {
    return this.#settling.settled();
  }

  async #hear({ id, state, progressPercent, queuePosition, error }: Job): Promise<void> {
    const known = this.find(id);
    if (known === undefined) return;
    if (!ENDS.includes(state)) {
      this.list.put({ ...known, state, progressPercent, queuePosition });
      return;
    }
    this.list.put({ ...known, state, progressPercent, queuePosition, error });
    try {
      const ended = await patiently(() => this.calls.get(known));
      if (this.find(id)) this.list.put(ended);
    } catch (failure) {
      this.failure = failure;
      this.changed();
    }
    this.#settling.submit(null);
  }

  async #settle(): Promise<void> {
    // Without new sums the gallery is there all the same, with the old ones.
    this.stats = await this.calls.stats().catch(() => this.stats);
    this.changed();
    for (const pause of SETTLING_MS) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      await this.wallet.readBalance();
      if (this.#isSettled) return;
    }
  }

  /** There is nothing that the balance is to wait for. */
  get #isSettled(): boolean {
    return this.wallet.credits?.held === 0 || this.list.items.some(({ state }) => !ENDS.includes(state));
  }
}

/** The job that draws it: it has the generation's id. */
function jobOf({ id, state, links }: Generation): Followed {
  return { id, state, links: { events: `${links.job}/events` } };
}
