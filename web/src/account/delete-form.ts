import { html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { ApiError } from "../api/errors";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Office } from "../state/office";
import { AtelierElement } from "../ui/element";
import { textField, textsOf } from "../ui/field";
import { forms } from "../ui/form-style";
import { controls } from "../ui/styles";
import { pages } from "./page-style";
import { fault, progress } from "./parts";

/** The end of the account: says what goes, and wants the password before it does it. */
@customElement("delete-form")
export class DeleteForm extends AtelierElement {
  @property({ attribute: false }) office!: Office;
  @state() private open = false;
  @state() private isMissing = false;

  protected override watched(): readonly Observable[] {
    return [this.office.profile.ending, this.office.language];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.office.profile.ending.forget();
  }

  protected override render(): TemplateResult {
    return html`<p class="small muted">${m.delete_lead()}</p>
      ${this.open ? this.#form() : html`<button class="button danger more" @click=${this.#ask}>${m.delete_ask()}</button>`}`;
  }

  #form(): TemplateResult {
    const { ending } = this.office.profile;
    const wrong = this.#fault();
    return html`<form novalidate @submit=${this.#onSubmit}>
      ${textField({
        name: "password",
        label: m.delete_password(),
        type: "password",
        autocomplete: "current-password",
        hint: m.delete_password_hint(),
        fault: wrong,
      })}
      ${wrong === undefined ? fault(ending.failure) : ""}
      <div class="send">
        <button class="button danger" ?disabled=${ending.busy}>${m.delete_confirm()}</button>
        <button type="button" class="button" ?disabled=${ending.busy} @click=${this.#refuse}>${m.delete_keep()}</button>
        ${progress(ending.busy, m.common_working())}
      </div>
    </form>`;
  }

  #fault(): string | undefined {
    const { failure } = this.office.profile.ending;
    if (this.isMissing) return m.account_required();
    return failure instanceof ApiError && failure.code === "wrong_password" ? failure.message : undefined;
  }

  async #ask(): Promise<void> {
    this.open = true;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("#password")?.focus();
  }

  async #refuse(): Promise<void> {
    this.open = false;
    this.isMissing = false;
    this.office.profile.ending.forget();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("button")?.focus();
  }

  async #onSubmit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const password = textsOf(event.target as HTMLFormElement).password ?? "";
    this.isMissing = password === "";
    if (!this.isMissing) await this.office.profile.end(password);
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }

  static override readonly styles = [controls, pages, forms];
}
