import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { ApiError, faultsByField } from "../api/errors";
import { explain } from "../i18n/explain";
import type { Language } from "../i18n/locale";
import { m } from "../paraglide/messages.js";
import type { Account } from "../state/account";
import type { Observable } from "../state/observable";
import { AtelierElement } from "../ui/element";
import { textField } from "../ui/field";
import { forms } from "../ui/form-style";
import { controls } from "../ui/styles";

type Mode = "sign-up" | "log-in";
type Field = "email" | "password";

/** Sign-up and log-in. What is wrong stands at the field that it belongs to. */
@customElement("account-form")
export class AccountForm extends AtelierElement {
  @property({ attribute: false }) account!: Account;
  @property({ attribute: false }) language!: Language;
  @state() private mode: Mode = "sign-up";
  @state() private busy = false;
  @state() private failure: unknown = null;
  /** Fields that are empty, found before anything is sent. */
  @state() private missing: readonly Field[] = [];
  /** A letter to set a new password with was asked for. */
  @state() private written = false;
  /** The address may have an account already: its owner was written to. */
  @state() private isTaken = false;
  @query("#email") private readonly email!: HTMLInputElement;
  @query("#password") private readonly password!: HTMLInputElement;

  protected override watched(): readonly Observable[] {
    return [this.language];
  }

  protected override render(): TemplateResult {
    const signingUp = this.mode === "sign-up";
    return html`
      <h2>${signingUp ? m.account_sign_up_title() : m.account_log_in_title()}</h2>
      ${this.isTaken ? html`<p class="small" role="status">${m.account_maybe_taken()}</p>` : nothing}
      <form novalidate @submit=${this.#onSubmit}>
        ${textField({
          name: "email", label: m.account_email(), type: "email", autocomplete: "email", fault: this.#faultOf("email"),
        })}
        ${textField({
          name: "password",
          label: m.account_password(),
          type: "password",
          autocomplete: signingUp ? "new-password" : "current-password",
          hint: signingUp ? m.account_password_hint() : undefined,
          fault: this.#faultOf("password"),
        })}
        ${this.#general()}
        <button class="button primary" ?disabled=${this.busy}>${signingUp ? m.account_sign_up() : m.account_log_in()}</button>
      </form>
      <p class="small">
        ${signingUp ? m.account_have_one() : m.account_have_none()}
        <button class="text-button" @click=${this.#switch}>${signingUp ? m.account_log_in() : m.account_sign_up()}</button>
      </p>
      ${signingUp ? nothing : this.#forgotten()}
    `;
  }

  #forgotten(): TemplateResult {
    if (this.written) return html`<p class="small" role="status">${m.account_letter_written()}</p>`;
    return html`<p class="small">
      <button class="text-button" @click=${this.#forget}>${m.account_forgot()}</button>
    </p>`;
  }

  /** A failure that belongs to neither field. */
  #general(): TemplateResult | typeof nothing {
    if (this.failure === null || this.#faults().size > 0) return nothing;
    return html`<p class="fault" role="alert">${explain(this.failure)}</p>`;
  }

  #faultOf(name: Field): string | undefined {
    if (this.missing.includes(name)) return m.account_required();
    return this.#faults().get(name);
  }

  #faults(): Map<Field, string> {
    const { failure } = this;
    const taken = failure instanceof ApiError && failure.status === 409;
    return taken ? new Map([["email", failure.message]]) : faultsByField(failure, ["email", "password"]);
  }

  #switch(): void {
    this.mode = this.mode === "sign-up" ? "log-in" : "sign-up";
    this.failure = null;
    this.missing = [];
    this.written = false;
    this.isTaken = false;
  }

  /** Asks for a letter to the address in the form. */
  async #forget(): Promise<void> {
    const email = this.email.value.trim();
    this.missing = email === "" ? ["email"] : [];
    this.failure = null;
    if (email === "") return;
    try {
      await this.account.forgotPassword(email);
      this.written = true;
    } catch (failure) {
      this.failure = failure;
    }
  }

  async #onSubmit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const credentials = { email: this.email.value.trim(), password: this.password.value };
    this.missing = (["email", "password"] as const).filter((name) => credentials[name] === "");
    this.failure = null;
    if (this.missing.length === 0) await this.#send(credentials);
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }

  async #send(credentials: { email: string; password: string }): Promise<void> {
    this.busy = true;
    try {
      await (this.mode === "sign-up" ? this.account.signUp(credentials) : this.account.logIn(credentials));
    } catch (failure) {
      this.#refused(failure);
    }
    this.busy = false;
  }

  /** Signing up tells nobody whether an address is taken; logging in after it with another password does not work then. */
  #refused(failure: unknown): void {
    this.isTaken = this.mode === "sign-up" && failure instanceof ApiError && failure.code === "invalid_credentials";
    if (this.isTaken) this.mode = "log-in";
    else this.failure = failure;
  }

  static override readonly styles = [
    controls,
    forms,
    css`
      :host {
        display: grid;
        gap: 1.25rem;
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
