import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { BODY_TYPES, MEASUREMENTS, type MeasurementName } from "../api/types";
import { explain } from "../i18n/explain";
import { parseNumber } from "../i18n/format";
import { m } from "../paraglide/messages.js";
import type { Hint } from "../state/body";
import type { Observable } from "../state/observable";
import type { Studio } from "../state/studio";
import { choices } from "../ui/choices";
import { AtelierElement } from "../ui/element";
import { controls } from "../ui/styles";
import "./measurement-slider";

type Group = "lengths" | "torso" | "arms" | "legs";

const GROUPS: Readonly<Record<Group, readonly MeasurementName[]>> = {
  lengths: ["stature", "inside_leg", "back_length", "arm_length"],
  torso: ["chest_girth", "waist_girth", "hip_girth", "biacromial_breadth", "neck_girth"],
  arms: ["upper_arm_girth", "wrist_girth"],
  legs: ["thigh_girth", "knee_girth", "calf_girth", "ankle_girth"],
};

/** Body type, what helps the estimate, and the 15 sliders. */
@customElement("body-panel")
export class BodyPanel extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;

  protected override watched(): readonly Observable[] {
    return [this.studio.body, this.studio.language];
  }

  protected override render(): TemplateResult {
    const { body } = this.studio;
    return html`
      <header>
        <h2>${m.body_title()}</h2>
        <p class="small muted">${m.body_intro()}</p>
      </header>
      ${this.#types()}
      <div class="hints">${this.#hint("weightKg", m.body_weight(), "kg")} ${this.#hint("age", m.body_age(), m.body_years())}</div>
      ${body.failure ? html`<p class="fault" role="alert">${explain(body.failure)}</p>` : nothing}
      ${Object.entries(GROUPS).map(([group, names]) => this.#group(group as Group, names))}
      <footer class="small muted">
        <span>${m.body_count({ count: body.asked.size, all: MEASUREMENTS.length })}</span>
        <button class="text-button" ?disabled=${body.asked.size === 0} @click=${() => {
          body.releaseAll();
        }}>${m.body_reset()}</button>
      </footer>
    `;
  }

  #types(): TemplateResult {
    const { body } = this.studio;
    return html`<div class="segments" role="radiogroup" aria-label=${m.body_type()}>
      ${BODY_TYPES.map(
        (type) => html`<label class="choice">
          <input type="radio" name="body-type" .checked=${body.bodyType === type} @change=${() => {
            body.chooseType(type);
          }} />
          <span>${m[`type_${type}`]()}</span>
        </label>`,
      )}
    </div>`;
  }

  #hint(name: Hint, label: string, unit: string): TemplateResult {
    const { body } = this.studio;
    const fault = body.faultOf(name);
    const take = (event: Event): void => {
      body.hint(name, parseNumber((event.target as HTMLInputElement).value));
    };
    return html`<label>
      <span class="small">${label} <span class="muted">(${unit})</span></span>
      <input class="field" type="text" inputmode="decimal" autocomplete="off" placeholder=${m.body_optional()}
        aria-invalid=${fault ? "true" : "false"} .value=${String(body.hints.get(name) ?? "")} @change=${take} />
      ${fault ? html`<span class="fault" role="alert">${fault}</span>` : nothing}
    </label>`;
  }

  #group(group: Group, names: readonly MeasurementName[]): TemplateResult {
    return html`<section aria-labelledby=${group}>
      <h3 id=${group}>${m[`group_${group}`]()}</h3>
      ${names.map((name) => html`<measurement-slider .studio=${this.studio} .name=${name}></measurement-slider>`)}
    </section>`;
  }

  static override readonly styles = [
    controls,
    choices,
    css`
      :host {
        display: grid;
        gap: 1.25rem;
        padding: 1.25rem;
      }
      header p {
        margin-top: 0.25rem;
      }
      .hints {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 0.75rem;
      }
      .hints .field {
        height: 2.25rem;
        margin-top: 0.25rem;
      }
      section {
        padding-top: 1.125rem;
        border-top: 1px solid var(--line);
      }
      section h3 {
        margin-bottom: 0.25rem;
      }
      footer {
        display: flex;
        justify-content: space-between;
        align-items: center;
        padding-top: 0.75rem;
        border-top: 1px solid var(--line);
      }
    `,
  ];
}
