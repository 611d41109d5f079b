import { css, html, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Language } from "../i18n/locale";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import { AtelierElement } from "../ui/element";
import { controls } from "../ui/styles";

export type Tab = "body" | "face" | "outfit" | "look" | "poses" | "pictures" | "receipt" | "avatars";

/** Where a key leads, from the tab at `index` of so many. */
const MOVES: Readonly<Record<string, (index: number, count: number) => number>> = {
  ArrowRight: (index, count) => (index + 1) % count,
  ArrowLeft: (index) => index - 1,
  Home: () => 0,
  End: () => -1,
};

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

  /** On a phone the tabs may be wider than the window. */
  protected override updated(changes: PropertyValues): void {
    super.updated(changes);
    this.renderRoot.querySelector(`#${this.chosen}`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #onKey(event: KeyboardEvent): void {
    const index = MOVES[event.key]?.(this.tabs.indexOf(this.chosen), this.tabs.length);
    const next = index === undefined ? undefined : this.tabs.at(index);
    if (next === undefined) return;
    event.preventDefault();
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
        /* So that the next one peeps in. */
        scroll-padding: 0 2rem;
        scrollbar-width: none;
      }
      button {
        height: 2.875rem;
        padding: 0 0.3125rem;
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
      @media (max-width: 400px) {
        div {
          padding: 0 0.25rem;
        }
        button {
          padding: 0 0.25rem;
          font-size: 0.8125rem;
        }
      }
    `,
  ];
}
