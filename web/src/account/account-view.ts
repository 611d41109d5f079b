import { css, html, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Office } from "../state/office";
import { addressOf, SECTIONS, STUDIO, type Section } from "../state/place";
import { AtelierElement } from "../ui/element";
import { icons } from "../ui/icons";
import { controls } from "../ui/styles";
import "./batches-page";
import "./credits-page";
import "./keys-page";
import "./privacy-page";
import "./profile-page";
import "./sessions-page";
import "./webhooks-page";

/** The account: its sections, and the page of the one that is open. */
@customElement("account-view")
export class AccountView extends AtelierElement {
  @property({ attribute: false }) office!: Office;
  @property() section: Section = "profile";
  @query("h1") private readonly heading!: HTMLElement;

  protected override watched(): readonly Observable[] {
    return [this.office.language];
  }

  protected override updated(changes: PropertyValues): void {
    super.updated(changes);
    if (!changes.has("section")) return;
    this.renderRoot.querySelector('[aria-current="page"]')?.scrollIntoView({ block: "nearest", inline: "center" });
    // Whoever came by a link goes on at the page's beginning.
    this.heading.focus({ preventScroll: true });
    this.scrollTo({ top: 0 });
  }

  protected override render(): TemplateResult {
    return html`
      <nav aria-label=${m.sections_label()}>
        <a class="back" href=${STUDIO}>${icons.back}${m.sections_studio()}</a>
        ${SECTIONS.map(
          (section) => html`<a href=${addressOf(section)} aria-current=${section === this.section ? "page" : "false"}>
            ${m[`section_${section}`]()}
          </a>`,
        )}
      </nav>
      <div class="content">
        <h1 tabindex="-1">${m[`section_${this.section}`]()}</h1>
        <p class="lead muted">${m[`lead_${this.section}`]()}</p>
        ${this.#page()}
      </div>
    `;
  }

  #page(): TemplateResult {
    const { office } = this;
    const all: Readonly<Record<Section, TemplateResult>> = {
      profile: html`<profile-page .office=${office}></profile-page>`,
      credits: html`<credits-page .office=${office}></credits-page>`,
      batches: html`<batches-page .office=${office}></batches-page>`,
      keys: html`<keys-page .office=${office}></keys-page>`,
      webhooks: html`<webhooks-page .office=${office}></webhooks-page>`,
      sessions: html`<sessions-page .office=${office}></sessions-page>`,
      privacy: html`<privacy-page .office=${office}></privacy-page>`,
    };
    return all[this.section];
  }

  static override readonly styles = [
    controls,
    css`
      :host {
        display: grid;
        grid-template-columns: 13rem minmax(0, 44rem);
        justify-content: center;
        align-content: start;
        gap: 2.5rem;
        min-height: 0;
        padding: 2rem clamp(1.25rem, 4vw, 3rem) 4rem;
        overflow-y: auto;
        scrollbar-gutter: stable;
      }
      nav {
        position: sticky;
        top: 0;
        display: grid;
        align-content: start;
        gap: 0.125rem;
        height: max-content;
      }
      nav a {
        display: flex;
        align-items: center;
        gap: 0.375rem;
        min-height: 2.5rem;
        padding: 0 0.75rem;
        border-radius: var(--radius);
        color: var(--muted);
        text-decoration: none;
        white-space: nowrap;
      }
      nav a:hover {
        background: var(--hover);
        color: var(--ink);
      }
      nav a[aria-current="page"] {
        background: var(--accent-soft);
        color: var(--accent);
        font-weight: 500;
      }
      nav .back {
        margin-bottom: 0.5rem;
        padding-left: 0.375rem;
        color: var(--accent);
        font-weight: 500;
      }
      h1 {
        font-size: 1.625rem;
        font-weight: 500;
        letter-spacing: -0.02em;
        outline: none;
      }
      .lead {
        max-width: 38rem;
        margin: 0.25rem 0 1.5rem;
      }
      @media (max-width: 760px) {
        :host {
          grid-template-columns: minmax(0, 1fr);
          gap: 1.25rem;
          padding: 0 1.25rem 3rem;
          scrollbar-gutter: auto;
        }
        nav {
          z-index: 1;
          display: flex;
          margin: 0 -1.25rem;
          padding: 0.5rem 1.25rem;
          border-bottom: 1px solid var(--line);
          background: var(--paper);
          overflow-x: auto;
          scrollbar-width: none;
        }
        nav .back {
          margin: 0;
        }
      }
    `,
  ];
}
