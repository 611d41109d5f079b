import { css, html, type TemplateResult } from "lit";

export interface Option {
  readonly value: string;
  readonly text: string;
}

interface Select {
  readonly label: string;
  readonly options: readonly Option[];
  readonly chosen: string;
  readonly choose: (value: string) => void;
}

/** A choice of several, one below the other, with its label. */
export function selectField({ label, options, chosen, choose }: Select): TemplateResult {
  return html`<label>${label}
    <select class="field" @change=${(event: Event) => {
      choose((event.target as HTMLSelectElement).value);
    }}>
      ${options.map(({ value, text }) => html`<option value=${value} ?selected=${value === chosen}>${text}</option>`)}
    </select></label>`;
}

/** A colour with its label, as `#rrggbb`. */
export function colorField(label: string, chosen: string, choose: (color: string) => void): TemplateResult {
  return html`<label>${label}
    <input class="field" type="color" .value=${chosen} @change=${(event: Event) => {
      choose((event.target as HTMLInputElement).value);
    }} /></label>`;
}

/** Such fields, two side by side. */
export const optionFields = css`
  .options {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 0.75rem;
  }
  .options > .wide {
    grid-column: 1 / -1;
  }
  .options label {
    display: grid;
    gap: 0.25rem;
    align-content: end;
    font-size: 0.8125rem;
  }
  .options select.field {
    padding: 0 0.375rem;
    font-size: 0.875rem;
    text-overflow: ellipsis;
  }
  .options input[type="color"] {
    padding: 0.25rem;
  }
`;
