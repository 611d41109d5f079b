import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { SizeAdvice, ZoneFit } from "../api/types";
import { centimetres, signedMillimetres } from "../i18n/format";
import type { Language } from "../i18n/locale";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import { AtelierElement } from "../ui/element";
import { controls } from "../ui/styles";

/** How much room one size leaves, zone by zone, beside the size that suits best. */
@customElement("size-fit")
export class SizeFitTable extends AtelierElement {
  @property({ attribute: false }) language!: Language;
  @property({ attribute: false }) advice!: SizeAdvice;
  @property() size = "";

  protected override watched(): readonly Observable[] {
    return [this.language];
  }

  protected override render(): TemplateResult {
    const zones = this.advice.sizes.find(({ label }) => label === this.size)?.zones ?? [];
    return html`
      <p class="small">${m.size_best({ size: this.advice.recommended })}</p>
      ${zones.length > 0 ? this.#table(zones) : nothing}
    `;
  }

  #table(zones: readonly ZoneFit[]): TemplateResult {
    return html`<table>
      <caption class="visually-hidden">
        ${m.size_room({ size: this.size })}
      </caption>
      <thead>
        <tr>
          <th scope="col">${m.size_zone()}</th>
          <th scope="col">${m.size_body()}</th>
          <th scope="col">${m.size_garment()}</th>
          <th scope="col">${m.size_ease()}</th>
        </tr>
      </thead>
      <tbody>
        ${zones.map(
          ({ zone, bodyMm, garmentMm, easeMm, fit }) => html`<tr>
            <th scope="row">${m[`zone_${zone}`]()}</th>
            <td>${centimetres(bodyMm)}</td>
            <td>${centimetres(garmentMm)}</td>
            <td class=${fit}>${signedMillimetres(easeMm)} mm · ${m[`fit_${fit}`]()}</td>
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  static override readonly styles = [
    controls,
    css`
      table {
        width: 100%;
        margin-top: 0.5rem;
        border-collapse: collapse;
        font-size: 0.8125rem;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        padding: 0.25rem 0 0.25rem 0.5rem;
        border-top: 1px solid var(--line);
        font-weight: 400;
        text-align: right;
        white-space: nowrap;
      }
      th:first-child {
        padding-left: 0;
        text-align: left;
      }
      thead th {
        border-top: 0;
        color: var(--muted);
        font-size: 0.75rem;
      }
      .good {
        color: var(--good);
      }
      .tight {
        color: var(--fault);
      }
      .loose {
        color: var(--warn);
      }
    `,
  ];
}
