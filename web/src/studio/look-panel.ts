import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Hairstyle } from "../api/types";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Studio } from "../state/studio";
import { choices } from "../ui/choices";
import { AtelierElement } from "../ui/element";
import { controls } from "../ui/styles";
import { swatches } from "./swatches";

/** Skin, hairstyle and hair colour. */
@customElement("look-panel")
export class LookPanel extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;

  protected override watched(): readonly Observable[] {
    return [this.studio.wardrobe, this.studio.language];
  }

  protected override render(): TemplateResult {
    const { wardrobe } = this.studio;
    const hairstyle = wardrobe.hairstyles.find(({ id }) => id === wardrobe.look.hairstyle);
    return html`
      <h2 class="visually-hidden">${m.look_title()}</h2>
      ${this.#skins()} ${this.#hairstyles()} ${hairstyle ? this.#hairColors(hairstyle) : nothing}
    `;
  }

  #skins(): TemplateResult {
    const { wardrobe, language } = this.studio;
    return html`<section>
      <h3>${m.look_skin()}</h3>
      ${swatches({
        name: "skin",
        label: m.look_skin(),
        options: wardrobe.skins.map(({ id, color, name }) => ({ value: id, color, title: language.of(name) })),
        chosen: wardrobe.look.skin,
        choose: (skin) => {
          wardrobe.chooseLook({ skin });
        },
      })}
    </section>`;
  }

  #hairstyles(): TemplateResult {
    const { wardrobe, language } = this.studio;
    return html`<section>
      <h3>${m.look_hair()}</h3>
      <div class="choices" role="radiogroup" aria-label=${m.look_hair()}>
        ${wardrobe.hairstyles.map(
          (hairstyle) => html`<label class="choice">
            <input type="radio" name="hairstyle" .checked=${hairstyle.id === wardrobe.look.hairstyle} @change=${() => {
              wardrobe.chooseHairstyle(hairstyle);
            }} />
            <span class="pill">${language.of(hairstyle.name)}</span>
          </label>`,
        )}
      </div>
    </section>`;
  }

  #hairColors({ colors }: Hairstyle): TemplateResult {
    const { wardrobe, language } = this.studio;
    return html`<section>
      <h3>${m.look_hair_color()}</h3>
      ${swatches({
        name: "hair-color",
        label: m.look_hair_color(),
        options: colors.map(({ color, name }) => ({ value: color, color, title: language.of(name) })),
        chosen: wardrobe.look.hairColor,
        choose: (hairColor) => {
          wardrobe.chooseLook({ hairColor });
        },
      })}
    </section>`;
  }

  static override readonly styles = [
    controls,
    choices,
    css`
      :host {
        display: grid;
        gap: 1.5rem;
        padding: 1.25rem;
      }
      section {
        display: grid;
        gap: 0.75rem;
      }
    `,
  ];
}
