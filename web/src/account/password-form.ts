import { html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { ApiError, faultsByField } from "../api/errors";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Office } from "../state/office";
import { AtelierElement } from "../ui/element";
import { textField, textsOf } from "../ui/field";
import { forms } from "../ui/form-style";
import { controls } from "../ui/styles";
import { pages } from "./page-style";
import { fault, progress } from "./parts";

type Field = "current" | "new";

/** A new password, with the old one. */
@customElement("password-form")
export class PasswordForm extends AtelierElement {
  @property({ attribute: false }) office!: Office;
  @state() private done = false;
  /** Fields that are empty, found before anything is sent. */
  @state() private missing: readonly Field[] = [];

  protected override watched(): readonly Observable[] {
    return [this.office.profile.securing, this.office.language];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.office.profile.securing.forget();
  }

  protected override render(): TemplateResult {
    const { securing } = this.office.profile;
    const faults = this.#faults();
    return html`<form novalidate @submit=${this.#onSubmit}>
      ${textField({
        name: "current", label: m.password_current(), type: "password", autocomplete: "current-password", fault: faults.get("current"),
      })}
      ${textField({
        name: "new",
        label: m.password_new(),
        type: "password",
        autocomplete: "new-password",
        hint: m.account_password_hint(),
        fault: faults.get("new"),
      })}
      ${faults.size > 0 ? "" : fault(securing.failure)}
      <div class="send">
        <button class="button" ?disabled=${securing.busy}>${m.password_change()}</button>
        ${progress(securing.busy, m.common_working(), this.done ? m.password_changed() : null)}
      </div>
    </form>`;
  }

  #faults(): Map<Field, string> {
    const { failure } = this.office.profile.securing;
    if (this.missing.length > 0) return new Map(this.missing.map((name) => [name, m.account_required()]));
    if (!(failure instanceof ApiError)) return new Map();
    if (failure.code === "wrong_password") return new Map([["current", failure.message]]);
    // The rules of passwords call it by its one name.
    const fresh = faultsByField(failure, ["password"]).get("password");
    return fresh === undefined ? faultsByField(failure, ["current", "new"]) : new Map([["new", fresh]]);
  }

  async #onSubmit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const texts = textsOf(form);
    this.missing = (["current", "new"] as const).filter((name) => !texts[name]);
    this.done = false;
    if (this.missing.length === 0) {
      this.done = await this.office.profile.changePassword(texts.current ?? "", texts.new ?? "");
    }
    if (this.done) form.reset();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }

  static override readonly styles = [controls, pages, forms];
}
