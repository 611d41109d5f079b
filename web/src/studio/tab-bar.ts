import { css, html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Language } from "../i18n/locale";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import { AtelierElement } from "../ui/element";
import { controls } from "../ui/styles";

export type Tab = "body" | "face" | "outfit" | "look" | "poses" | "pictures" | "receipt" | "avatars";

const STEP: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };

/** The names of the panels; fires `choose` with the one that was picked. */
@customElement("tab-bar")
export class TabBar extends AtelierElement {
  @property({ attribute: false }) language!: Language;
  @property({ attribute: false }) tabs: readonly Tab[] = [];
  @property() chosen: Tab = "outfit";

  protected override watched(): readonly Observable[] {
    return [this.language];
  }

  protected override render(): TemplateResult {
    return html`<div role="tablist" aria-label=${m.tabs_label()} @keydown=${this.#onKey}>
      ${this.tabs.map(
        (tab) => html`<button role="tab" id=${tab} aria-selected=${tab === this.chosen}
          tabindex=${tab === this.chosen ? 0 : -1} @click=${() => {
            this.#choose(tab);
          }}>${m[`tab_${tab}`]()}</button>`,
      )}
    </div>`;
  }

  #onKey(event: KeyboardEvent): void {
    const step = STEP[event.key];
    if (step === undefined) return;
    const next = this.tabs.at((this.tabs.indexOf(this.chosen) + step) % this.tabs.length);
    if (next === undefined) return;
    this.#choose(next);
    this.renderRoot.querySelector<HTMLElement>(`#${next}`)?.focus();
  }

  #choose(tab: Tab): void {
    this.dispatchEvent(new CustomEvent<Tab>("choose", { detail: tab }));
  }

  static override readonly styles = [
    controls,
    css`
      :host {
        border-bottom: 1px solid var(--line);
        background: var(--surface);
      }
      div {
        display: grid;
        grid-auto-flow: column;
        grid-auto-columns: minmax(max-content, 1fr);
        padding: 0 0.5rem;
        overflow-x: auto;
        scrollbar-width: none;
      }
      button {
        height: 2.875rem;
        padding: 0 0.4375rem;
        border: 0;
        border-bottom: 2px solid transparent;
        background: none;
        color: var(--muted);
        font-size: 0.875rem;
      }
      button[aria-selected="true"] {
        border-color: var(--accent);
        color: var(--ink);
        font-weight: 500;
      }
      button:focus-visible {
        outline-offset: -4px;
      }
    `,
  ];
}
