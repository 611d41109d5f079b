import { css, html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import "../account/secret-once";
import { sender } from "../account/parts";
import type { Shareable } from "../api/shares";
import { dateTime } from "../i18n/format";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Studio } from "../state/studio";
import { AtelierElement } from "../ui/element";
import { textsOf } from "../ui/field";
import { marks } from "../ui/marks";
import { optionFields, selectField } from "../ui/options";
import { controls } from "../ui/styles";

const LIVES = ["24", "168", "720", "8760"] as const;
const LONGEST_TITLE = 80;

/** Makes a link to a picture, and shows its address this once. */
@customElement("share-form")
export class ShareForm extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;
  @property({ attribute: false }) shown!: Shareable;
  @state() private hours: string = LIVES[1];

  protected override watched(): readonly Observable[] {
    return [this.studio.shares, this.studio.language];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.studio.shares.keep();
  }

  protected override render(): TemplateResult {
    const { made, making } = this.studio.shares;
    if (made !== null) {
      return html`<secret-once .secret=${made.url} .label=${m.share_made({ until: dateTime(made.expiresAt) })}
        .advice=${m.share_once()} @kept=${() => {
          this.studio.shares.keep();
        }}></secret-once>`;
    }
    return html`<form @submit=${this.#make}>
      <div class="options">
        <label>${m.share_name()}<input class="field" name="title" maxlength=${LONGEST_TITLE} autocomplete="off" /></label>
        ${selectField({
          label: m.share_life(),
          options: LIVES.map((value) => ({ value, text: m[`share_hours_${value}`]() })),
          chosen: this.hours,
          choose: (hours) => (this.hours = hours),
        })}
      </div>
      ${sender(making, m.share_make())}
    </form>`;
  }

  #make(event: SubmitEvent): void {
    event.preventDefault();
    const { title = "" } = textsOf(event.target as HTMLFormElement);
    void this.studio.shares.make(this.shown, { title: title.trim(), hours: Number(this.hours) });
  }

  static override readonly styles = [
    controls,
    marks,
    optionFields,
    css`
      form {
        display: grid;
        gap: 0.75rem;
      }
      .send {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem;
      }
    `,
  ];
}
