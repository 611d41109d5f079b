import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Category } from "../api/types";
import { explain } from "../i18n/explain";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Studio } from "../state/studio";
import { AtelierElement } from "../ui/element";
import { controls } from "../ui/styles";
import "./garment-card";

const CATEGORIES: readonly Category[] = ["dress", "tshirt", "sweater", "skirt", "trousers"];

/** What there is to wear, by kind. */
@customElement("outfit-panel")
export class OutfitPanel extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;

  protected override watched(): readonly Observable[] {
    return [this.studio.wardrobe, this.studio.avatars, this.studio.language];
  }

  protected override render(): TemplateResult {
    const { wardrobe, avatars } = this.studio;
    return html`
      <header>
        <h2 class="visually-hidden">${m.outfit_title()}</h2>
        <p class="small muted">${avatars.current ? m.outfit_live() : m.outfit_later()}</p>
      </header>
      ${wardrobe.failure ? html`<p class="fault" role="alert">${explain(wardrobe.failure)}</p>` : nothing}
      ${CATEGORIES.map((category) => this.#category(category))}
    `;
  }

  #category(category: Category): TemplateResult | typeof nothing {
    const garments = this.studio.wardrobe.garments.filter((garment) => garment.category === category);
    if (garments.length === 0) return nothing;
    return html`<section>
      <h3>${m[`category_${category}`]()}</h3>
      ${garments.map((garment) => html`<garment-card .studio=${this.studio} .garment=${garment}></garment-card>`)}
    </section>`;
  }

  static override readonly styles = [
    controls,
    css`
      :host {
        display: grid;
        gap: 1.25rem;
        padding: 1.25rem;
      }
      section {
        display: grid;
        gap: 0.5rem;
      }
    `,
  ];
}
