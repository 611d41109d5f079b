import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { ApiError } from "../api/errors";
import { MEASUREMENTS } from "../api/types";
import { wholeNumber } from "../i18n/format";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Office } from "../state/office";
import { AtelierElement } from "../ui/element";
import { forms } from "../ui/form-style";
import { save } from "../ui/save";
import { controls } from "../ui/styles";
import { pages } from "./page-style";
import { fault, progress, shortage } from "./parts";

/** A table to begin with: of one person more is known than of the other. */
const EXAMPLE = `reference,bodyType,stature,waist_girth,hip_girth,age
Ada,feminine,1662,815,1005,36
Ben,masculine,1781,,,
`;
/** More than these would hide the form. */
const FAULTS_SHOWN = 8;

/** Takes a table of people as CSV or JSON, and says row by row what is wrong with it. */
@customElement("batch-form")
export class BatchForm extends AtelierElement {
  @property({ attribute: false }) office!: Office;
  @state() private file: File | null = null;
  @state() private isMissing = false;
  @state() private started = false;
  @state() private isOver = false;
  @query("#table") private readonly input!: HTMLInputElement;

  protected override watched(): readonly Observable[] {
    const { batches, wallet, language } = this.office;
    return [batches.starting, wallet.reading, language];
  }

  protected override render(): TemplateResult {
    const { starting } = this.office.batches;
    return html`<form novalidate @submit=${this.#onSubmit}>
      <div class="drop ${this.isOver ? "over" : ""}" @dragover=${this.#onDragOver} @dragleave=${() => (this.isOver = false)}
        @drop=${this.#onDrop}>
        <label for="table">${m.batches_file()}</label>
        <input id="table" type="file" accept=".csv,.json,text/csv,application/json" aria-describedby="table-note"
          aria-invalid=${this.isMissing ? "true" : "false"} @change=${this.#onChoice} />
        ${this.isMissing
          ? html`<p class="fault" id="table-note" role="alert">${m.batches_file_missing()}</p>`
          : html`<p class="small muted" id="table-note">${m.batches_file_hint()}</p>`}
      </div>
      <button type="button" class="text-button more" @click=${() => {
        save(new Blob([EXAMPLE], { type: "text/csv" }), "atelier-people.csv");
      }}>${m.batches_example()}</button>
      ${this.#cost()} ${this.#refusal(starting.failure)}
      <div class="send">
        <button class="button primary" ?disabled=${starting.busy}>${m.batches_start()}</button>
        ${progress(starting.busy, m.batches_uploading(), this.started ? m.batches_started() : null)}
      </div>
    </form>`;
  }

  #cost(): TemplateResult | typeof nothing {
    const { credits, prices } = this.office.wallet;
    if (!credits || !prices) return nothing;
    return html`<p class="small muted">
      ${m.batches_price({ price: prices.batchAvatar, balance: wholeNumber(credits.balance) })}
    </p>`;
  }

  #refusal(failure: unknown): TemplateResult | typeof nothing {
    if (!(failure instanceof ApiError)) return fault(failure);
    const rest = failure.details.length - FAULTS_SHOWN;
    return html`<div role="alert" class="fault">
      <p>${failure.message} ${shortage(failure)}</p>
      <ul>
        ${failure.details
          .slice(0, FAULTS_SHOWN)
          .map(({ field, message }) => html`<li>${field ? html`<b>${placeOf(field)}</b>` : nothing} ${message}</li>`)}
      </ul>
      ${rest > 0 ? html`<p>${m.batches_more_faults({ count: rest })}</p>` : nothing}
    </div>`;
  }

  #onChoice(): void {
    this.#choose(this.input.files?.[0] ?? null);
  }

  #onDragOver(event: DragEvent): void {
    event.preventDefault();
    this.isOver = true;
  }

  #onDrop(event: DragEvent): void {
    event.preventDefault();
    this.isOver = false;
    const { files } = event.dataTransfer ?? {};
    if (files?.length !== 1) return;
    this.input.files = files;
    this.#onChoice();
  }

  #choose(file: File | null): void {
    this.file = file;
    this.isMissing = false;
    this.started = false;
    this.office.batches.starting.forget();
  }

  async #onSubmit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    this.isMissing = this.file === null;
    this.started = false;
    if (this.file) await this.#start(this.file);
    else this.input.focus();
  }

  async #start(file: File): Promise<void> {
    this.started = await this.office.batches.start(file);
    if (!this.started) return;
    this.input.value = "";
    this.file = null;
    void this.office.wallet.readBalance();
  }

  static override readonly styles = [
    controls,
    pages,
    forms,
    css`
      .drop {
        padding: 1rem;
        border: 1px dashed var(--line-strong);
        border-radius: var(--radius);
      }
      .drop.over {
        border-color: var(--accent);
        background: var(--accent-soft);
      }
      input[type="file"] {
        min-width: 0;
        max-width: 100%;
        font-size: 0.875rem;
      }
      ::file-selector-button {
        min-height: 2.25rem;
        margin-right: 0.75rem;
        padding: 0 0.75rem;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--surface);
        font: inherit;
        font-weight: 500;
        color: inherit;
        cursor: pointer;
      }
      .fault ul {
        display: grid;
        gap: 0.25rem;
        margin-top: 0.375rem;
      }
      .fault li {
        overflow-wrap: anywhere;
      }
      .fault b {
        font-weight: 500;
      }
    `,
  ];
}

/** Where a table is at fault, as a person finds it: `rows[0].measurements.waist_girth` is `Row 1, Waist girth:`. */
function placeOf(field: string): string {
  const [, index, name = ""] = /^rows\[(\d+)\]\.?(.*)$/.exec(field) ?? [];
  if (index === undefined) return `${field}:`;
  const column = name.replace(/^measurements\.?/, "");
  const measure = MEASUREMENTS.find((known) => known === column);
  const row = m.batches_row({ row: Number(index) + 1 });
  return column === "" ? `${row}:` : `${row}, ${measure ? m[`measure_${measure}`]() : column}:`;
}
