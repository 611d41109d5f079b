import { html, type TemplateResult } from "lit";

export interface Segments<V extends string> {
  /** Of the radio buttons; one of its kind in the element. */
  readonly name: string;
  readonly label: string;
  readonly options: readonly { readonly value: V; readonly text: string }[];
  readonly chosen: V;
  readonly choose: (value: V) => void;
}

/** A choice of a few, side by side. */
export function segments<V extends string>({ name, label, options, chosen, choose }: Segments<V>): TemplateResult {
  return html`<div class="segments" role="radiogroup" aria-label=${label}>
    ${options.map(
      ({ value, text }) => html`<label class="choice">
        <input type="radio" name=${name} value=${value} .checked=${value === chosen} @change=${() => {
          choose(value);
        }} />
        <span>${text}</span>
      </label>`,
    )}
  </div>`;
}
