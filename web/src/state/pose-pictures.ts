import { mayPass, pauseAfter } from "../api/patience";
import type { PoseCalls } from "../api/poses";
import { Observable } from "./observable";
import { Turns } from "./turns";

/** A picture that nobody has asked for yet is drawn first: more at once would leave no room for the avatar itself. */
const MOST_AT_ONCE = 2;
const PAUSES_MS: readonly number[] = [4_000, 8_000, 16_000, 32_000];
const LONGEST_PAUSE_MS = 60_000;

/** Pictures of poses. A platform that is busy refuses one for now: it is asked for again as long as somebody waits for it. */
export class PosePictures extends Observable {
  readonly #turns = new Turns(MOST_AT_ONCE);
  /** What ends the pause of each that was refused, by who waits for it. */
  readonly #late = new Map<AbortSignal, () => void>();

  constructor(private readonly calls: PoseCalls) {
    super();
  }

  /** How many were refused, and are waited for. */
  get late(): number {
    return this.#late.size;
  }

  isLate(leaving: AbortSignal): boolean {
    return this.#late.has(leaving);
  }

  /** Asks for those that were refused now, and not after their pauses. */
  retry(): void {
    for (const end of [...this.#late.values()]) end();
  }

  /** A picture, whenever it comes; null where there is none, or who waited has left. */
  async get(address: string, leaving: AbortSignal): Promise<Blob | null> {
    for (let tries = 0; !leaving.aborted; tries++) {
      try {
        const picture = await this.#turns.take(() => this.#ask(address, leaving));
        this.#forget(leaving);
        return picture;
      } catch (failure) {
        if (!mayPass(failure)) break;
        await this.#pause(pauseAfter(failure, PAUSES_MS[tries] ?? LONGEST_PAUSE_MS), leaving);
      }
    }
    this.#forget(leaving);
    return null;
  }

  /** Until the time is up, somebody asks for all of them, or who waits has left. */
  #pause(ms: number, leaving: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        leaving.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      leaving.addEventListener("abort", end);
      this.#late.set(leaving, end);
      this.changed();
    });
  }

  #forget(leaving: AbortSignal): void {
    if (this.#late.delete(leaving)) this.changed();
  }

  /** Its turn may come after who waited has left. */
  #ask(address: string, leaving: AbortSignal): Promise<Blob | null> {
    return leaving.aborted ? Promise.resolve(null) : this.calls.picture(address);
  }
}
