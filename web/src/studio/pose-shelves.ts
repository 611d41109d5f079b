import { css, html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { CustomPose, PoseSummary } from "../api/schema";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { WantedPose } from "../state/photo-orders";
import type { Studio } from "../state/studio";
import { choices } from "../ui/choices";
import { AtelierElement } from "../ui/element";
import { segments } from "../ui/segments";
import { controls } from "../ui/styles";
import "./own-poses";
import "./pose-gallery";

const SHELVES = ["library", "own"] as const;
type Shelf = (typeof SHELVES)[number];

/** The library's poses and the person's own. Fires `choose` with the one that was clicked. */
@customElement("pose-shelves")
export class PoseShelves extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;
  /** Ids of the poses that are chosen. */
  @property({ attribute: false }) chosen: readonly string[] = [];
  @state() private shelf: Shelf = "library";

  protected override watched(): readonly Observable[] {
    return [this.studio.language];
  }

  protected override render(): TemplateResult {
    return html`
      ${segments({
        name: "shelf",
        label: m.poses_title(),
        options: SHELVES.map((value) => ({ value, text: m[`poses_${value}`]() })),
        chosen: this.shelf,
        choose: (shelf) => (this.shelf = shelf),
      })}
      <slot></slot>
      ${this.shelf === "own"
        ? html`<own-poses .studio=${this.studio} .chosen=${this.chosen} @pick=${({ detail }: CustomEvent<CustomPose>) => {
            this.#choose({ id: detail.id, name: { en: detail.name, fr: detail.name } });
          }}></own-poses>`
        : html`<pose-gallery .studio=${this.studio} .chosen=${this.chosen} @pick=${({ detail }: CustomEvent<PoseSummary>) => {
            this.#choose(detail);
          }}></pose-gallery>`}
    `;
  }

  #choose({ id, name }: WantedPose): void {
    this.dispatchEvent(new CustomEvent<WantedPose>("choose", { detail: { id, name } }));
  }

  static override readonly styles = [
    controls,
    choices,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1rem;
        align-content: start;
      }
    `,
  ];
}
