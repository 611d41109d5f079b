import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Atelier } from "./api/atelier";
import { locales, type Language } from "./i18n/locale";
import { m } from "./paraglide/messages.js";
import type { Account, AccountPhase } from "./state/account";
import type { Observable } from "./state/observable";
import type { Letter } from "./state/letter";
import { Studio } from "./state/studio";
import { choices } from "./ui/choices";
import { AtelierElement } from "./ui/element";
import { logo } from "./ui/icons";
import { controls } from "./ui/styles";
import "./welcome/letter-view";
import "./welcome/welcome-view";

/** The page: a bar with the language and the way out, and below it the welcome or the studio. */
@customElement("atelier-app")
export class App extends AtelierElement {
  @property({ attribute: false }) api!: Atelier;
  @property({ attribute: false }) account!: Account;
  @property({ attribute: false }) language!: Language;
  @property({ attribute: false }) letter!: Letter;
  /** For styles: the studio fills the window, the welcome may be longer. */
  @property({ reflect: true }) phase: AccountPhase = "restoring";
  /** There while somebody is signed in. */
  #studio: Studio | null = null;
  /** The studio's elements have arrived. */
  @state() private furnished = false;

  protected override watched(): readonly Observable[] {
    return [this.account, this.language, this.letter];
  }

  protected override willUpdate(changes: PropertyValues): void {
    super.willUpdate(changes);
    document.documentElement.lang = this.language.current;
    document.title = m.page_title();
    this.phase = this.account.phase;
    const inside = this.phase === "signed-in";
    if (inside && !this.#studio) this.#openStudio();
    if (!inside && this.#studio) this.#closeStudio();
  }

  #openStudio(): void {
    this.#studio = new Studio(this.api, this.language);
    this.#studio.open();
    void this.#furnish();
  }

  #closeStudio(): void {
    this.#studio?.close();
    this.#studio = null;
  }

  /** three.js is most of the page: it is fetched when somebody is there to use it. */
  async #furnish(): Promise<void> {
    await import("./studio/studio-view");
    this.furnished = true;
  }

  protected override render(): TemplateResult {
    return html`
      <header>
        <span class="brand">${logo}<span>Atelier</span></span>
        ${this.#languages()} ${this.#person()}
      </header>
      <main>${this.#view()}</main>
    `;
  }

  #view(): TemplateResult | typeof nothing {
    if (this.letter.link !== null) {
      return html`<letter-view .api=${this.api} .letter=${this.letter} .language=${this.language}></letter-view>`;
    }
    if (this.account.phase === "signed-out") {
      return html`<welcome-view .account=${this.account} .language=${this.language}></welcome-view>`;
    }
    return this.#studio && this.furnished ? html`<studio-view .studio=${this.#studio}></studio-view>` : nothing;
  }

  #languages(): TemplateResult {
    return html`<div class="segments" role="radiogroup" aria-label=${m.language_label()}>
      ${locales.map(
        (locale) => html`<label class="choice" lang=${locale}>
          <input type="radio" name="language" aria-label=${m[`language_${locale}`]()} .checked=${locale === this.language.current}
            @change=${() => {
              this.language.choose(locale);
            }} />
          <span>${locale.toUpperCase()}</span>
        </label>`,
      )}
    </div>`;
  }

  #person(): TemplateResult | typeof nothing {
    const { person } = this.account;
    if (!person) return nothing;
    return html`<span class="person small muted">${person.email}</span>
      <button class="text-button" @click=${() => this.account.logOut()}>${m.account_log_out()}</button>`;
  }

  static override readonly styles = [
    controls,
    choices,
    css`
      :host {
        display: grid;
        grid-template-rows: auto minmax(0, 1fr);
        min-height: 100dvh;
      }
      :host([phase="signed-in"]) {
        height: 100dvh;
      }
      header {
        display: flex;
        align-items: center;
        gap: 1rem;
        height: 3.5rem;
        padding: 0 1.25rem;
        border-bottom: 1px solid var(--line);
        background: var(--surface);
      }
      .brand {
        display: flex;
        align-items: center;
        gap: 0.5rem;
        margin-right: auto;
        font-size: 1.0625rem;
        font-weight: 500;
        letter-spacing: -0.01em;
      }
      .person {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .segments .choice span {
        padding: 0.25rem 0.625rem;
        font-size: 0.8125rem;
      }
      main {
        display: grid;
        min-height: 0;
      }
      @media (max-width: 760px) {
        .person {
          display: none;
        }
      }
    `,
  ];
}
