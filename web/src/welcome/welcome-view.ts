import { css, html, type TemplateResult } from "lit";
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
      <div class="figure" aria-hidden="true"></div>
      <section class="words">
        <h1>${m.welcome_title()}</h1>
        <p class="lead">${m.welcome_lead()}</p>
        <ul>
          ${[m.welcome_measure(), m.welcome_dress(), m.welcome_take()].map((line) => html`<li>${line}</li>`)}
        </ul>
      </section>
      <account-form .account=${this.account} .language=${this.language}></account-form>
    `;
  }

  static override readonly styles = [
    controls,
    css`
      :host {
        position: relative;
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 25rem);
        align-items: center;
        gap: clamp(2rem, 6vw, 6rem);
        max-width: 70rem;
        margin: 0 auto;
        padding: 2rem clamp(1.25rem, 4vw, 3rem);
      }
      .words {
        position: relative;
      }
      .figure {
        position: absolute;
        inset: 2vh 0;
        background: var(--ink);
        opacity: 0.16;
        mask: url("/figure.svg") 44% 50% / auto 100% no-repeat;
      }
      account-form {
        position: relative;
      }
      h1 {
        max-width: 12ch;
        font-size: clamp(2.25rem, 5.2vw, 3.75rem);
        font-weight: 500;
        line-height: 1.06;
        letter-spacing: -0.03em;
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
      @media (max-width: 760px) {
        :host {
          grid-template-columns: minmax(0, 1fr);
          align-content: start;
          gap: 1.75rem;
          padding-block: 1.5rem 2.5rem;
        }
        .figure {
          inset: 0 0 auto;
          height: 24rem;
          mask-position: 100% 0;
        }
      }
    `,
  ];
}
