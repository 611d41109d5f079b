import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { styleMap } from "lit/directives/style-map.js";
import type { Estimate, MeasurementName } from "../api/types";
import { centimetres, parseNumber } from "../i18n/format";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Studio } from "../state/studio";
import { AtelierElement } from "../ui/element";
import { icons } from "../ui/icons";
import { controls } from "../ui/styles";
import { rangeInput } from "./range-style";

/** One of the 15: a slider over its limits, the 90 % interval as a band, and the number in centimetres. */
@customElement("measurement-slider")
export class MeasurementSlider extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;
  @property() name: MeasurementName = "stature";
  /** What is being typed, until it is taken. */
  @state() private typed: string | null = null;
  @state() private typingFault: string | null = null;
  @state() private explained = false;

  protected override watched(): readonly Observable[] {
    return [this.studio.body, this.studio.language];
  }

  get #label(): string {
    return m[`measure_${this.name}`]();
  }

  protected override render(): TemplateResult | typeof nothing {
    const estimate = this.studio.body.estimates.get(this.name);
    const mm = this.studio.body.millimetres(this.name);
    if (!estimate || mm === null) return nothing;
    const asked = this.studio.body.asked.has(this.name);
    const fault = this.typingFault ?? this.studio.body.faultOf(this.name);
    return html`
      <div class="row ${asked ? "asked" : ""}">
        <div class="head">
          <span class="name">${this.#label}</span>
          <button class="icon-button info" aria-label=${m.slider_explain({ name: this.#label })}
            aria-expanded=${this.explained} @click=${() => (this.explained = !this.explained)}>${icons.info}</button>
          ${this.#mark(estimate, asked)}
        </div>
        <button class="icon-button reset" ?hidden=${!asked} title=${m.slider_reset()}
          aria-label=${m.slider_reset_named({ name: this.#label })} @click=${this.#reset}>${icons.reset}</button>
        ${this.#number(mm, fault)}
        ${this.#range(estimate, mm, asked)}
        ${this.explained ? html`<p class="hint small muted">${m[`how_${this.name}`]()}</p>` : nothing}
        ${fault ? html`<p class="hint fault" id="fault" role="alert">${fault}</p>` : nothing}
      </div>
    `;
  }

  #mark({ intervalMm: [low, high] }: Estimate, asked: boolean): TemplateResult {
    const text = asked ? m.slider_asked() : m.slider_estimated({ low: centimetres(low), high: centimetres(high) });
    return html`<span class="mark" id="mark">${text}</span>`;
  }

  #number(mm: number, fault: string | null): TemplateResult {
    return html`<span class="number">
      <input class="field" type="text" inputmode="decimal" autocomplete="off"
        aria-label=${m.slider_number({ name: this.#label })} aria-describedby=${fault ? "fault mark" : "mark"}
        aria-invalid=${fault ? "true" : "false"} .value=${live(this.typed ?? centimetres(mm))}
        @input=${this.#onType} @change=${this.#onTyped} @blur=${() => (this.typed = null)} />
      <span class="unit" aria-hidden="true">cm</span>
    </span>`;
  }

  #range({ limitsMm: [min, max], intervalMm: [low, high] }: Estimate, mm: number, asked: boolean): TemplateResult {
    const share = (value: number): string => String(Math.min(1, Math.max(0, (value - min) / (max - min))));
    const ends = { "--low": share(low), "--high": share(high), "--at": share(mm) };
    return html`<span class="track" style=${styleMap(ends)}>
      ${asked ? html`<i class="filled"></i>` : html`<i class="band"></i>`}
      <input type="range" min=${Math.ceil(min)} max=${Math.floor(max)} step="1" .value=${live(String(Math.round(mm)))}
        aria-label=${this.#label} aria-describedby="mark" aria-valuetext=${m.slider_value({ value: centimetres(mm) })}
        @input=${this.#onSlide} />
    </span>`;
  }

  #onSlide(event: Event): void {
    this.#take((event.target as HTMLInputElement).valueAsNumber);
  }

  #onType(event: Event): void {
    this.typed = (event.target as HTMLInputElement).value;
  }

  #onTyped(): void {
    const cm = parseNumber(this.typed ?? "");
    const [min, max] = this.studio.body.estimates.get(this.name)?.limitsMm ?? [0, 0];
    const mm = cm === null ? Number.NaN : Math.round(cm * 10);
    if (mm >= min && mm <= max) this.#take(mm);
    else this.typingFault = m.slider_out_of_range({ low: centimetres(min), high: centimetres(max) });
    this.typed = null;
  }

  #take(mm: number): void {
    this.typingFault = null;
    this.studio.body.ask(this.name, mm);
  }

  #reset(): void {
    this.typingFault = null;
    this.studio.body.release(this.name);
  }

  static override readonly styles = [
    controls,
    rangeInput,
    css`
      .row {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 2rem auto;
        column-gap: 0.375rem;
        align-items: center;
        padding: 0.375rem 0;
      }
      .head {
        display: grid;
        grid-template-columns: auto 1fr;
        align-items: center;
        column-gap: 0.125rem;
        line-height: 1.3;
      }
      .name {
        font-weight: 500;
      }
      .info {
        width: 1.5rem;
        height: 1.5rem;
        opacity: 0.75;
        scale: 0.82;
      }
      .mark {
        grid-column: 1 / -1;
        font-size: 0.75rem;
        color: var(--muted);
      }
      .asked .mark {
        color: var(--accent);
        font-weight: 500;
      }
      .number {
        position: relative;
      }
      .number .field {
        width: 5.875rem;
        height: 2.125rem;
        padding-right: 1.875rem;
        text-align: right;
        font-variant-numeric: tabular-nums;
      }
      .row:not(.asked) .field {
        color: var(--muted);
        border-style: dashed;
      }
      .unit {
        position: absolute;
        right: 0.5625rem;
        line-height: 2.125rem;
        color: var(--muted);
        font-size: 0.8125rem;
        pointer-events: none;
      }
      .reset[hidden] {
        display: grid;
        visibility: hidden;
      }
      .track {
        grid-column: 1 / -1;
      }
      .hint {
        grid-column: 1 / -1;
        padding-bottom: 0.25rem;
      }
    `,
  ];
}
