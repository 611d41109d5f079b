import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Garment } from "../api/types";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Worn } from "../state/outfit";
import type { Studio } from "../state/studio";
import { choices } from "../ui/choices";
import { AtelierElement } from "../ui/element";
import { icons, silhouette } from "../ui/icons";
import { controls } from "../ui/styles";
import { swatches } from "./swatches";
import "./size-fit";

/** One garment: put on or taken off, and when it is on, its colour and size. */
@customElement("garment-card")
export class GarmentCard extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;
  @property({ attribute: false }) garment!: Garment;

  protected override watched(): readonly Observable[] {
    return [this.studio.wardrobe, this.studio.language];
  }

  protected override render(): TemplateResult {
    const { wardrobe, language } = this.studio;
    const worn = wardrobe.worn(this.garment.id);
    const color = worn?.color ?? this.garment.colors[0]?.color ?? "none";
    return html`<article class=${worn ? "worn" : ""}>
      <button class="garment" aria-pressed=${worn ? "true" : "false"} @click=${() => {
        wardrobe.toggle(this.garment);
      }}>
        ${silhouette(this.garment.category, color)}
        <span class="name">${language.of(this.garment.name)}</span>
        <span class="tick">${worn ? icons.check : nothing}</span>
      </button>
      ${worn ? this.#options(worn) : nothing}
    </article>`;
  }

  #options(worn: Worn): TemplateResult {
    const { wardrobe, language } = this.studio;
    return html`<div class="options">
      ${swatches({
        name: "color",
        label: m.garment_color(),
        options: this.garment.colors.map(({ color, name }) => ({ value: color, color, title: language.of(name) })),
        chosen: worn.color,
        choose: (color) => {
          wardrobe.chooseColor(this.garment.id, color);
        },
      })}
      ${this.#sizes(worn)}
    </div>`;
  }

  #sizes(worn: Worn): TemplateResult {
    const { wardrobe } = this.studio;
    const advice = wardrobe.advice.get(this.garment.id);
    return html`
      <div class="choices" role="radiogroup" aria-label=${m.garment_size()}>
        ${this.garment.sizes.map(({ label }) => {
          const recommended = label === advice?.recommended;
          return html`<label class="choice">
            <input type="radio" name="size" aria-label=${recommended ? m.size_recommended({ size: label }) : label}
              .checked=${worn.size === label} @change=${() => {
                wardrobe.chooseSize(this.garment.id, label);
              }} />
            <span class="pill">${label}${recommended ? html`<i class="dot"></i>` : nothing}</span>
          </label>`;
        })}
      </div>
      ${advice ? html`<size-fit .language=${this.studio.language} .advice=${advice} .size=${worn.size}></size-fit>` : nothing}
    `;
  }

  static override readonly styles = [
    controls,
    choices,
    css`
      article {
        border: 1px solid var(--line);
        border-radius: var(--radius);
      }
      .worn {
        border-color: var(--accent);
      }
      .garment {
        display: grid;
        grid-template-columns: auto 1fr 1.5rem;
        align-items: center;
        gap: 0.75rem;
        width: 100%;
        padding: 0.5rem 0.75rem;
        border: 0;
        border-radius: var(--radius);
        background: none;
        text-align: left;
      }
      .garment:hover {
        background: var(--hover);
      }
      .name {
        font-weight: 500;
      }
      .tick {
        color: var(--accent);
      }
      .options {
        display: grid;
        gap: 0.875rem;
        padding: 0.5rem 0.875rem 0.875rem;
      }
      .dot {
        width: 0.375rem;
        height: 0.375rem;
        border-radius: 50%;
        background: var(--tape);
      }
    `,
  ];
}
