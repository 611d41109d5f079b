import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Receipt, WeightLine } from "../api/types";
import { decimal } from "../i18n/format";
import type { Language } from "../i18n/locale";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import { AtelierElement } from "../ui/element";
import { controls } from "../ui/styles";

/** What the body is as a whole: volume, skin, and what people like it weigh. */
@customElement("body-quantities")
export class BodyQuantities extends AtelierElement {
  @property({ attribute: false }) language!: Language;
  @property({ attribute: false }) receipt!: Receipt;

  protected override watched(): readonly Observable[] {
    return [this.language];
  }

  protected override render(): TemplateResult | typeof nothing {
    const { volumeL, surfaceAreaM2, weight } = this.receipt;
    if (volumeL === null && surfaceAreaM2 === null && weight === null) return nothing;
    return html`<h3>${m.receipt_whole()}</h3>
      <dl>
        ${volumeL === null ? nothing : line(m.receipt_volume(), m.receipt_volume_value({ litres: decimal(volumeL, 1) }))}
        ${surfaceAreaM2 === null
          ? nothing
          : line(m.receipt_surface(), m.receipt_surface_value({ area: decimal(surfaceAreaM2, 2) }))}
        ${weight === null ? nothing : line(m.receipt_weight(), `≈ ${kilograms(weight.estimatedKg)}`)}
      </dl>
      ${weight === null ? nothing : html`<p class="small muted">${aboutWeight(weight)}</p>`}`;
  }

  static override readonly styles = [
    controls,
    css`
      dl {
        margin: 0.375rem 0;
        font-size: 0.875rem;
        font-variant-numeric: tabular-nums;
      }
      dl div {
        display: flex;
        justify-content: space-between;
        padding: 0.375rem 0;
        border-top: 1px solid var(--line);
      }
      dl div:first-child {
        border-top: 0;
      }
    `,
  ];
}

function line(name: string, value: string): TemplateResult {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

function aboutWeight({ askedKg, intervalKg: [low, high] }: WeightLine): string {
  const interval = m.receipt_weight_interval({ low: decimal(low, 1), high: decimal(high, 1) });
  const asked = askedKg === null ? "" : ` ${m.receipt_weight_asked({ weight: decimal(askedKg, 1) })}.`;
  return `${interval}.${asked}`;
}

function kilograms(weight: number): string {
  return m.receipt_weight_value({ weight: decimal(weight, 1) });
}
