import { css, html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { faultsByField } from "../api/errors";
import type { Scope } from "../api/schema";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Office } from "../state/office";
import { choices } from "../ui/choices";
import { AtelierElement } from "../ui/element";
import { checkedIn, textField, textsOf } from "../ui/field";
import { forms } from "../ui/form-style";
import { controls } from "../ui/styles";
import { pages } from "./page-style";
import { sender } from "./parts";

const SCOPES = [
  "avatars_read",
  "avatars_write",
  "jobs_read",
  "jobs_write",
  "credits_read",
  "account_read",
  "catalog_read",
] as const;
/** Days until a key stops working; `null` for never. */
const LIVES = [30, 90, 365, null] as const;

type Missing = "name" | "scopes";

/** What a new key is called, what it may do, and how long. */
@customElement("key-form")
export class KeyForm extends AtelierElement {
  @property({ attribute: false }) office!: Office;
  @state() private missing: readonly Missing[] = [];

  protected override watched(): readonly Observable[] {
    return [this.office.keys.making, this.office.language];
  }

  protected override render(): TemplateResult {
    const { making } = this.office.keys;
    const named = faultsByField(making.failure, ["name"]).get("name");
    return html`<form novalidate @submit=${this.#onSubmit}>
      ${textField({
        name: "name",
        label: m.keys_name(),
        hint: m.keys_name_hint(),
        maxLength: 80,
        fault: this.missing.includes("name") ? m.account_required() : named,
      })}
      <fieldset aria-describedby="scopes-fault">
        <legend>${m.keys_scopes()}</legend>
        ${SCOPES.map(
          (scope) => html`<label class="box">
            <input type="checkbox" name="scopes" value=${scope.replace("_", ":")} />
            <span>${m[`scope_${scope}`]()}</span>
          </label>`,
        )}
        <p class="fault" id="scopes-fault" role="alert">${this.missing.includes("scopes") ? m.keys_scopes_missing() : ""}</p>
      </fieldset>
      <fieldset>
        <legend>${m.keys_life()}</legend>
        <div class="choices">
          ${LIVES.map(
            (days) => html`<label class="choice">
              <input type="radio" name="life" value=${days ?? ""} ?checked=${days === 90} />
              <span class="pill">${days === null ? m.keys_life_endless() : m.keys_life_days({ days })}</span>
            </label>`,
          )}
        </div>
      </fieldset>
      ${sender(making, m.keys_make())}
    </form>`;
  }

  async #onSubmit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const name = textsOf(form).name?.trim() ?? "";
    const scopes = checkedIn(form, "scopes") as Scope[];
    const [life = ""] = checkedIn(form, "life");
    this.missing = [...(name === "" ? ["name" as const] : []), ...(scopes.length === 0 ? ["scopes" as const] : [])];
    if (this.missing.length === 0) await this.office.keys.make({ name, scopes, lifeDays: life === "" ? null : Number(life) });
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }

  static override readonly styles = [
    controls,
    pages,
    choices,
    forms,
    css`
      .fault:empty {
        display: none;
      }
    `,
  ];
}
