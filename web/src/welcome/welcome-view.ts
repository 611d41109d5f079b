import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Language } from "../i18n/locale";
import { m } from "../paraglide/messages.js";
import type { Account } from "../state/account";
import type { Observable } from "../state/observable";
import { AtelierElement } from "../ui/element";
import { controls } from "../ui/styles";
import "./account-form";

/** What a stranger sees: what this is, and the way in. */
@customElement("welcome-view")
export class WelcomeView extends AtelierElement {
  @property({ attribute: false }) account!: Account;
  @property({ attribute: false }) language!: Language;

  protected override watched(): readonly Observable[] {
    return [this.language];
  }

  protected override render(): TemplateResult {
    return html`
      <section class="words">
        ${this.account.isDeleted ? html`<p class="farewell" role="status">${m.account_deleted()}</p>` : nothing}
        <h1>${m.welcome_title()}</h1>
        <p class="lead">${m.welcome_lead()}</p>
        <ul>
          ${[m.welcome_measure(), m.welcome_dress(), m.welcome_take()].map((line) => html`<li>${line}</li>`)}
        </ul>
      </section>
      <div class="figure" aria-hidden="true"></div>
      <account-form .account=${this.account} .language=${this.language}></account-form>
    `;
  }

  static override readonly styles = [
    controls,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 27rem) minmax(0, 1fr) minmax(0, 24rem);
        align-items: center;
        justify-content: center;
        gap: 2rem;
        width: 100%;
        max-width: 82rem;
        margin: 0 auto;
        padding: 2rem clamp(1.25rem, 4vw, 3rem);
      }
      .figure {
        justify-self: center;
        width: 100%;
        height: min(76vh, 44rem);
        background: linear-gradient(var(--ink), var(--accent));
        opacity: 0.62;
        mask: url("/figure.svg") center / contain no-repeat;
      }
      h1 {
        max-width: 12ch;
        font-size: clamp(2.375rem, 4.6vw, 3.625rem);
        font-weight: 500;
        line-height: 1.06;
        letter-spacing: -0.03em;
      }
      .farewell {
        width: fit-content;
        margin-bottom: 1.5rem;
        padding: 0.5rem 0.875rem;
        border-radius: var(--radius);
        background: var(--accent-soft);
      }
      .lead {
        max-width: 34ch;
        margin-top: 1.25rem;
        font-size: 1.125rem;
      }
      ul {
        display: grid;
        gap: 0.625rem;
        margin-top: 1.75rem;
      }
      li {
        display: grid;
        grid-template-columns: 1.25rem 1fr;
        max-width: 30rem;
      }
      li::before {
        content: "";
        width: 0.5rem;
        height: 2px;
        margin-top: 0.65em;
        background: var(--tape);
      }
      @media (max-width: 1080px) {
        :host {
          grid-template-columns: minmax(0, 1fr) minmax(0, 24rem);
        }
        .figure {
          display: none;
        }
      }
      @media (max-width: 760px) {
        :host {
          position: relative;
          overflow: clip;
          grid-template-columns: minmax(0, 1fr);
          align-content: start;
          gap: 1.75rem;
          padding-block: 1.75rem 2.5rem;
        }
        .figure {
          display: block;
          position: absolute;
          z-index: -1;
          top: 1rem;
          right: -3rem;
          width: 15rem;
          height: 24rem;
          opacity: 0.2;
        }
      }
    `,
  ];
}
