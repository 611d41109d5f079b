import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { PoseSummary } from "../api/schema";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Studio } from "../state/studio";
import { choices } from "../ui/choices";
import { AtelierElement } from "../ui/element";
import { segments } from "../ui/segments";
import { controls } from "../ui/styles";
import "./own-poses";
import "./pose-gallery";

const SHELVES = ["library", "own"] as const;
type Shelf = (typeof SHELVES)[number];

/** Poses for the avatar: the library's and the person's own. */
@customElement("poses-panel")
export class PosesPanel extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;
  @state() private shelf: Shelf = "library";

  protected override watched(): readonly Observable[] {
    return [this.studio.wardrobe, this.studio.avatars, this.studio.language];
  }

  protected override render(): TemplateResult {
    const { wardrobe, avatars } = this.studio;
    return html`
      <h2>${m.poses_title()}</h2>
      ${segments({
        name: "shelf",
        label: m.poses_title(),
        options: SHELVES.map((value) => ({ value, text: m[`poses_${value}`]() })),
        chosen: this.shelf,
        choose: (shelf) => (this.shelf = shelf),
      })}
      <div class="worn small">
        <span class="muted">${avatars.current === null ? m.poses_later() : m.poses_live()}</span>
        <button class="text-button" ?disabled=${wardrobe.pose === null} @click=${() => {
          wardrobe.choosePose(null);
        }}>${m.poses_ease()}</button>
      </div>
      ${this.shelf === "own" ? html`<own-poses .studio=${this.studio}></own-poses>` : this.#library()}
    `;
  }

  #library(): TemplateResult | typeof nothing {
    const { wardrobe } = this.studio;
    return html`<pose-gallery .studio=${this.studio} .chosen=${wardrobe.pose === null ? [] : [wardrobe.pose]}
      @pick=${({ detail }: CustomEvent<PoseSummary>) => {
        wardrobe.choosePose(detail.id === wardrobe.pose ? null : detail.id);
      }}></pose-gallery>`;
  }

  static override readonly styles = [
    controls,
    choices,
    css`
      :host {
        display: grid;
        gap: 1rem;
        align-content: start;
        padding: 1.25rem;
      }
      .worn {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 1rem;
      }
      .worn button {
        flex: none;
      }
    `,
  ];
}
