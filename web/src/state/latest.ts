/** How long to wait around a piece of work, in milliseconds. */
export interface Pace {
  /** Without a newer input for this long, work starts. */
  readonly quietMs?: number;
  /** At least this long from one start to the next. */
  readonly gapMs?: number;
}

/** Does work for the newest input only: one piece at a time, inputs that were overtaken are dropped. */
export class Latest<I> {
  #waiting: { readonly input: I } | null = null;
  #busy = false;
  #running = Promise.resolve();

  /** `work` deals with its own failures; `rested` is told when nothing is under way any more. */
  constructor(
    private readonly work: (input: I) => Promise<void>,
    private readonly pace: Pace = {},
    private readonly rested: () => void = () => undefined,
  ) {}

  /** Work is under way, or about to begin. */
  get isBusy(): boolean {
    return this.#busy;
  }

  submit(input: I): void {
    this.#waiting = { input };
    if (!this.#busy) this.#running = this.#run();
  }

  /** Resolves when nothing is under way. */
  settled(): Promise<void> {
    return this.#running;
  }

  async #run(): Promise<void> {
    this.#busy = true;
    while (this.#waiting !== null) {
      await this.#quiet();
      const { input } = this.#waiting;
      this.#waiting = null;
      await Promise.all([this.work(input), pause(this.pace.gapMs)]);
    }
    // Straight after the last look at #waiting: a submit cannot fall between them.
    this.#busy = false;
    this.rested();
  }

  async #quiet(): Promise<void> {
    let seen;
    do {
      seen = this.#waiting;
      await pause(this.pace.quietMs);
    } while (seen !== this.#waiting);
  }
}

function pause(ms: number | undefined): Promise<void> {
  return ms === undefined ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));
}
