import { html, type TemplateResult } from "lit";
import { styleMap } from "lit/directives/style-map.js";

export interface Swatch {
  readonly value: string;
  readonly color: string;
  readonly title: string;
}

export interface SwatchChoice {
  /** Name of the radio group, unique in its element. */
  readonly name: string;
  readonly label: string;
  readonly options: readonly Swatch[];
  readonly chosen: string;
  readonly choose: (value: string) => void;
}

/** A row of colours to choose from; needs the styles of `ui/choices`. */
export function swatches({ name, label, options, chosen, choose }: SwatchChoice): TemplateResult {
  return html`<div class="choices" role="radiogroup" aria-label=${label}>
    ${options.map(
      ({ value, color, title }) => html`<label class="choice" title=${title}>
        <input type="radio" name=${name} aria-label=${title} .checked=${value === chosen} @change=${() => {
          choose(value);
        }} />
        <span class="swatch" style=${styleMap({ "--color": color })}></span>
      </label>`,
    )}
  </div>`;
}
