import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Atelier } from "./api/atelier";
import type { Client } from "./api/client";
import { locales, type Language } from "./i18n/locale";
import { m } from "./paraglide/messages.js";
import type { Account, AccountPhase } from "./state/account";
import type { Observable } from "./state/observable";
import type { Letter } from "./state/letter";
import { Office } from "./state/office";
import { addressOf, STUDIO, type Place } from "./state/place";
import { Studio } from "./state/studio";
import { choices } from "./ui/choices";
import { AtelierElement } from "./ui/element";
import { icons, logo } from "./ui/icons";
import { marks } from "./ui/marks";
import { controls } from "./ui/styles";
import "./welcome/letter-view";
import "./welcome/welcome-view";

/** The page: a bar with the language and the ways to the account and out; below it the welcome, the studio or the account. */
@customElement("atelier-app")
export class App extends AtelierElement {
  @property({ attribute: false }) api!: Atelier;
  @property({ attribute: false }) client!: Client;
  @property({ attribute: false }) account!: Account;
  @property({ attribute: false }) language!: Language;
  @property({ attribute: false }) letter!: Letter;
  @property({ attribute: false }) place!: Place;
  /** For styles: the studio fills the window, the welcome may be longer. */
  @property({ reflect: true }) phase: AccountPhase = "restoring";
  /** There once somebody who is signed in has come to the studio. */
  #studio: Studio | null = null;
  /** There while somebody is signed in. */
  #office: Office | null = null;
  /** The studio's, and the account's, elements have arrived. */
  @state() private furnished = false;
  @state() private staffed = false;
  /** They could not be fetched. */
  @state() private unreached = false;

  protected override watched(): readonly Observable[] {
    return [this.account, this.language, this.letter, this.place];
  }

  protected override willUpdate(changes: PropertyValues): void {
    super.willUpdate(changes);
    const { section } = this.place;
    this.phase = this.account.phase;
    const inside = this.phase === "signed-in";
    document.documentElement.lang = this.language.current;
    document.title = inside && section ? m.page_title_section({ section: m[`section_${section}`]() }) : m.page_title();
    if (!inside) this.#leave();
    else if (section) this.#enterAccount();
    else this.#enterStudio();
  }

  #enterStudio(): void {
    if (this.#studio) return;
    this.#studio = new Studio(this.api, this.client, this.language);
    this.#studio.open();
    void this.#furnish();
  }

  #enterAccount(): void {
    if (this.#office) return;
    this.#office = new Office(this.client, this.account, this.language);
    void this.#staff();
  }

  #leave(): void {
    this.#studio?.close();
    this.#studio = null;
    this.#office = null;
  }

  /** three.js is most of the page: it is fetched when somebody is there to use it. */
  async #furnish(): Promise<void> {
    this.furnished = await this.#arrive(import("./studio/studio-view"));
  }

  async #staff(): Promise<void> {
    this.staffed = await this.#arrive(import("./account/account-view"));
  }

  async #arrive(elements: Promise<unknown>): Promise<boolean> {
    this.unreached = false;
    const arrived = await elements.then(
      () => true,
      () => false,
    );
    this.unreached = !arrived;
    return arrived;
  }

  protected override render(): TemplateResult {
    return html`
      <header>
        <a class="brand" href=${STUDIO} aria-label="Atelier">${logo}<span>Atelier</span></a>
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
    const { section } = this.place;
    if (this.#office && section) {
      return this.staffed ? html`<account-view .office=${this.#office} section=${section}></account-view>` : this.#coming();
    }
    if (!this.#studio) return nothing;
    return this.furnished ? html`<studio-view .studio=${this.#studio}></studio-view>` : this.#coming();
  }

  /** A release that came meanwhile has other files: only the whole page, fetched anew, knows them. */
  #coming(): TemplateResult {
    if (!this.unreached) return html`<p class="coming progress small" role="status"><i class="spinner"></i>${m.common_loading()}</p>`;
    return html`<div class="coming"><p class="fault" role="alert">${m.error_unreachable()}</p>
      <button class="button" @click=${() => {
        location.reload();
      }}>${m.common_again()}</button></div>`;
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
    return html`<a class="person small" href=${addressOf("profile")} aria-label=${m.account_link({ email: person.email })}>
        ${icons.person}<span class="address">${person.email}</span>
      </a>
      <button class="text-button" @click=${() => this.account.logOut()}>${m.account_log_out()}</button>`;
  }

  static override readonly styles = [
    controls,
    choices,
    marks,
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
      .brand,
      .person {
        color: inherit;
        text-decoration: none;
      }
      .person {
        display: flex;
        align-items: center;
        gap: 0.375rem;
        min-width: 0;
        min-height: 2.5rem;
        color: var(--muted);
      }
      .person:hover {
        color: var(--ink);
      }
      .person svg {
        flex: none;
      }
      .address {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .text-button {
        flex: none;
      }
      .segments .choice span {
        padding: 0.25rem 0.625rem;
        font-size: 0.8125rem;
      }
      main {
        display: grid;
        min-height: 0;
      }
      .coming {
        place-self: center;
        display: grid;
        justify-items: center;
        gap: 0.75rem;
        padding: 1.25rem;
      }
      @media (max-width: 760px) {
        header {
          gap: 0.75rem;
        }
        .person {
          flex: none;
          width: 2.5rem;
          justify-content: center;
        }
        .address {
          display: none;
        }
      }
      @media (max-width: 380px) {
        .brand span {
          display: none;
        }
      }
    `,
  ];
}
