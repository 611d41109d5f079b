import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Tells an element once that it has come into sight. */
export class Sight implements ReactiveController {
  /** Whether it ever has. */
  isSeen = false;
  readonly #observer = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    this.isSeen = true;
    this.#observer.disconnect();
    this.seen();
  });

  constructor(
    private readonly host: ReactiveControllerHost & Element,
    private readonly seen: () => void,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    if (!this.isSeen) this.#observer.observe(this.host);
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
  }
}
