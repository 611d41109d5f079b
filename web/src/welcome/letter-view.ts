import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { Atelier } from "../api/atelier";
import { faultsByField } from "../api/errors";
import { explain } from "../i18n/explain";
import type { Language } from "../i18n/locale";
import { m } from "../paraglide/messages.js";
import type { Letter } from "../state/letter";
import type { Observable } from "../state/observable";
import { AtelierElement } from "../ui/element";
import { textField } from "../ui/field";
import { forms } from "../ui/form-style";
import { controls } from "../ui/styles";

/** Where the link of a letter leads: an address is confirmed, or a new password chosen. */
@customElement("letter-view")
export class LetterView extends AtelierElement {
  @property({ attribute: false }) api!: Atelier;
  @property({ attribute: false }) letter!: Letter;
  @property({ attribute: false }) language!: Language;
  @state() private busy = false;
  @state() private done = false;
  @state() private failure: unknown = null;
  @query("#password") private readonly password!: HTMLInputElement;

  protected override watched(): readonly Observable[] {
    return [this.language];
  }

  protected override render(): TemplateResult {
    const verifying = this.letter.link?.purpose === "verify";
    if (this.done) return this.#outcome(verifying ? m.letter_verified() : m.letter_password_set());
    return html`
      <h2>${verifying ? m.letter_verify_title() : m.letter_reset_title()}</h2>
      <form novalidate @submit=${this.#onSubmit}>
        ${verifying ? html`<p>${m.letter_verify_lead()}</p>` : this.#passwordField()}
        ${this.#general()}
        <button class="button primary" ?disabled=${this.busy}>${verifying ? m.letter_verify() : m.letter_reset()}</button>
      </form>
      ${this.failure === null ? nothing : this.#wayOut()}
    `;
  }

  #outcome(text: string): TemplateResult {
    return html`<p role="status">${text}</p>${this.#wayOut()}`;
  }

  #wayOut(): TemplateResult {
    return html`<button class="button" @click=${() => {
      this.letter.close();
    }}>${m.letter_go_on()}</button>`;
  }

  #passwordField(): TemplateResult {
    return textField({
      name: "password",
      label: m.account_password(),
      type: "password",
      autocomplete: "new-password",
      hint: m.account_password_hint(),
      fault: this.#fault(),
    });
  }

  #fault(): string | undefined {
    return faultsByField(this.failure, ["password"]).get("password");
  }

  /** A failure that does not belong to the password. */
  #general(): TemplateResult | typeof nothing {
    if (this.failure === null || this.#fault() !== undefined) return nothing;
    return html`<p class="fault" role="alert">${explain(this.failure)}</p>`;
  }

  async #onSubmit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const { link } = this.letter;
    if (link === null) return;
    this.busy = true;
    this.failure = null;
    try {
      await (link.purpose === "verify"
        ? this.api.verifyEmail(link.token)
        : this.api.resetPassword(link.token, this.password.value));
      this.done = true;
    } catch (failure) {
      this.failure = failure;
    }
    this.busy = false;
  }

  static override readonly styles = [
    controls,
    forms,
    css`
      :host {
        display: grid;
        align-self: center;
        justify-self: center;
        gap: 1.25rem;
        width: min(24rem, 100% - 2.5rem);
        padding: 1.75rem;
        border: 1px solid var(--line);
        border-radius: 14px;
        background: var(--surface);
        box-shadow: 0 12px 40px rgb(0 0 0 / 7%);
      }
      h2 {
        font-size: 1.25rem;
      }
      .button {
        min-height: 2.875rem;
      }
    `,
  ];
}
