import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Person } from "../api/schema";
import { locales, type Locale } from "../i18n/locale";
import { day } from "../i18n/format";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Office } from "../state/office";
import { choices } from "../ui/choices";
import { AtelierElement } from "../ui/element";
import { textField, textsOf } from "../ui/field";
import { forms } from "../ui/form-style";
import { controls } from "../ui/styles";
import { facts } from "./facts-style";
import { pages } from "./page-style";
import { badge, fault, sender } from "./parts";
import "./password-form";

/** Who the person is to the platform. */
@customElement("profile-page")
export class ProfilePage extends AtelierElement {
  @property({ attribute: false }) office!: Office;
  @state() private saved = false;
  /** The letter was written again. */
  @state() private written = false;

  protected override watched(): readonly Observable[] {
    const { profile, language } = this.office;
    return [profile.account, profile.saving, profile.writing, language];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.office.profile.look();
  }

  protected override render(): TemplateResult {
    const { person } = this.office.profile.account;
    if (!person) return html``;
    return html`
      <section class="card">${this.#facts(person)}</section>
      <section class="card">
        <h2>${m.profile_title()}</h2>
        ${this.#form(person)}
      </section>
      <section class="card">
        <h2>${m.password_title()}</h2>
        <password-form .office=${this.office}></password-form>
      </section>
    `;
  }

  #facts(person: Person): TemplateResult {
    return html`<dl>
        <dt>${m.account_email()}</dt>
        <dd>${person.email} ${person.emailVerified
          ? badge(m.profile_verified(), "good")
          : badge(m.profile_unverified(), "busy")}</dd>
        <dt>${m.profile_tier()}</dt>
        <dd>${m[`tier_${person.tier}`]()}</dd>
        <dt>${m.profile_since()}</dt>
        <dd>${day(person.createdAt)}</dd>
      </dl>
      ${person.emailVerified ? nothing : this.#unverified()}`;
  }

  #unverified(): TemplateResult {
    const { writing } = this.office.profile;
    return html`<p class="small">${m.profile_unverified_lead()}</p>
      ${fault(writing.failure)}
      ${this.written
        ? html`<p class="small good" role="status">${m.profile_written()}</p>`
        : html`<button class="button more" ?disabled=${writing.busy} @click=${this.#writeAgain}>${m.profile_write()}</button>`}`;
  }

  #form({ displayName, language, jobLetters }: Person): TemplateResult {
    return html`<form novalidate @submit=${this.#onSubmit} @input=${() => (this.saved = false)}>
      ${textField({ name: "displayName", label: m.profile_name(), autocomplete: "name", maxLength: 80, value: displayName })}
      <fieldset>
        <legend>${m.profile_language()}</legend>
        <div class="choices">
          ${locales.map(
            (locale) => html`<label class="choice" lang=${locale}>
              <input type="radio" name="language" value=${locale} ?checked=${locale === language} />
              <span class="pill">${m[`language_${locale}`]()}</span>
            </label>`,
          )}
        </div>
      </fieldset>
      <label class="box">
        <input type="checkbox" name="jobLetters" ?checked=${jobLetters} />
        <span>${m.profile_letters()}</span>
      </label>
      ${sender(this.office.profile.saving, m.profile_save(), this.saved ? m.profile_saved() : null)}
    </form>`;
  }

  async #onSubmit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const chosen = form.querySelector<HTMLInputElement>('[name="language"]:checked');
    this.saved = await this.office.profile.save({
      displayName: textsOf(form).displayName?.trim() ?? null,
      language: (chosen?.value as Locale | undefined) ?? null,
      jobLetters: form.querySelector<HTMLInputElement>('[name="jobLetters"]')?.checked ?? null,
    });
  }

  async #writeAgain(): Promise<void> {
    this.written = await this.office.profile.writeAgain();
  }

  static override readonly styles = [controls, pages, choices, forms, facts];
}
