import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Tells an element that it has come into sight: once, or each time and when it has left where it wants to know that. */
export class Sight implements ReactiveController {
  /** Whether it ever has. */
  isSeen = false;
  readonly #observer = new IntersectionObserver((entries) => {
    // Several moves may be told at once; the last is how it is now.
    if (entries.at(-1)?.isIntersecting) this.#come();
    else this.left?.();
  });

  constructor(
    private readonly host: ReactiveControllerHost & Element,
    private readonly seen: () => void,
    private readonly left?: () => void,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    if (!this.isSeen || this.left) this.#observer.observe(this.host);
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
    this.left?.();
  }

  #come(): void {
    this.isSeen = true;
    if (!this.left) this.#observer.disconnect();
    this.seen();
  }
}
