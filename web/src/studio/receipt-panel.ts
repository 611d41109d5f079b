import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Receipt, ReceiptLine } from "../api/types";
import { centimetres, signedMillimetres, wholeNumber } from "../i18n/format";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Studio } from "../state/studio";
import { AtelierElement } from "../ui/element";
import { icons } from "../ui/icons";
import { controls } from "../ui/styles";
import "./body-quantities";
import { receiptTable } from "./receipt-style";

/** What was asked against what the tape reads on the avatar; a line shows its tape on the body. */
@customElement("receipt-panel")
export class ReceiptPanel extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;

  protected override watched(): readonly Observable[] {
    return [this.studio.avatars, this.studio.body, this.studio.tape, this.studio.language];
  }

  protected override render(): TemplateResult {
    const receipt = this.studio.avatars.current?.avatar.receipt;
    return html`<h2 class="visually-hidden">${m.receipt_title()}</h2>
      ${receipt ? this.#receipt(receipt) : html`<p class="muted">${m.receipt_none()}</p>`}`;
  }

  #receipt(receipt: Receipt): TemplateResult {
    return html`
      <p class="badge ${receipt.withinIso20685 ? "within" : "outside"}">
        ${receipt.withinIso20685 ? icons.check : icons.warning}
        ${receipt.withinIso20685 ? m.receipt_within() : m.receipt_outside()}
      </p>
      <p class="small muted">${m.receipt_intro()}</p>
      <table @mouseleave=${() => {
        this.studio.tape.show(null);
      }}>
        <thead>
          <tr>
            <th scope="col">${m.receipt_measure()}</th>
            <th scope="col">${m.receipt_asked()}</th>
            <th scope="col">${m.receipt_delivered()}</th>
            <th scope="col">${m.receipt_error()}</th>
          </tr>
        </thead>
        <tbody>
          ${receipt.measurements.map((line) => this.#line(line))}
          ${receipt.beside.map(({ name, deliveredMm }) =>
            this.#row(name, besideName(name), html`<td></td><td>${centimetres(deliveredMm)}</td><td></td>`),
          )}
        </tbody>
      </table>
      ${receipt.measurements.every(({ feasible }) => feasible)
        ? nothing
        : html`<p class="small far">${icons.warning}${m.receipt_infeasible_lines()}</p>`}
      <body-quantities .language=${this.studio.language} .receipt=${receipt}></body-quantities>
      <p class="small muted">
        ${m.receipt_counts({
          points: wholeNumber(receipt.pointCount),
          vertices: wholeNumber(receipt.vertexCount),
          faces: wholeNumber(receipt.faceCount),
        })}
      </p>
    `;
  }

  #line(line: ReceiptLine): TemplateResult {
    const asked =
      line.askedMm === null
        ? html`<td class="muted"><span class="visually-hidden">${m.receipt_estimated()}</span>≈ ${centimetres(line.targetMm)}</td>`
        : html`<td>${centimetres(line.askedMm)}</td>`;
    const far = line.feasible ? nothing : html`<span title=${m.receipt_infeasible()}>${icons.warning}</span>`;
    return this.#row(
      line.name,
      m[`measure_${line.name}`](),
      html`${asked}<td>${centimetres(line.deliveredMm)}</td><td>${far}${signedMillimetres(line.errorMm, 1)}</td>`,
    );
  }

  #row(name: string, label: string, cells: TemplateResult): TemplateResult {
    const { tape } = this.studio;
    const show = (): void => {
      tape.show(name);
    };
    return html`<tr class=${tape.name === name ? "shown" : ""} @mouseenter=${show}>
      <th scope="row">
        <button aria-pressed=${tape.name === name} title=${m.receipt_show()} @focus=${show} @click=${show}>${label}</button>
      </th>
      ${cells}
    </tr>`;
  }

  static override readonly styles = [
    controls,
    receiptTable,
    css`
      :host {
        display: grid;
        gap: 1rem;
        padding: 1.25rem;
      }
    `,
  ];
}

const BESIDE: Readonly<Record<string, () => string>> = {
  natural_waist_girth: m.measure_natural_waist_girth,
  underbust_girth: m.measure_underbust_girth,
};

/** The platform may report more than this page has words for. */
function besideName(name: string): string {
  return BESIDE[name]?.() ?? name.replaceAll("_", " ");
}
