import { LitElement } from "lit";
import type { Observable } from "../state/observable";

/** A page element that draws itself anew when what it watches changes. */
export abstract class AtelierElement extends LitElement {
  #stops: readonly (() => void)[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stops = this.watched().map((source) =>
      source.subscribe(() => {
        this.requestUpdate();
      }),
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const stop of this.#stops) stop();
  }

  /** What this element shows; asked for when it is attached. */
  protected abstract watched(): readonly Observable[];
}
