import { css, html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Studio } from "../state/studio";
import { AtelierElement } from "../ui/element";
import { controls } from "../ui/styles";
import "../viewer/viewer-element";
import "./avatars-panel";
import "./body-panel";
import "./face-panel";
import "./look-panel";
import "./make-bar";
import "./outfit-panel";
import "./pictures-panel";
import "./poses-panel";
import "./receipt-panel";
import "./tab-bar";
import type { Tab } from "./tab-bar";

/** With this much room the sliders have a column of their own. */
const WIDE = matchMedia("(min-width: 1180px)");
const SIDE_TABS: readonly Tab[] = ["face", "outfit", "look", "poses", "pictures", "receipt", "avatars"];

/** The signed-in page: sliders, viewer, wardrobe. */
@customElement("studio-view")
export class StudioView extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;
  @state() private chosen: Tab = "body";
  @state() private wide = WIDE.matches;
  readonly #onWidth = (): void => {
    this.wide = WIDE.matches;
  };

  protected override watched(): readonly Observable[] {
    return [this.studio.language];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    WIDE.addEventListener("change", this.#onWidth);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    WIDE.removeEventListener("change", this.#onWidth);
  }

  protected override render(): TemplateResult {
    const tab = this.wide && this.chosen === "body" ? "outfit" : this.chosen;
    return html`
      <h1 class="visually-hidden">${m.sections_studio()}</h1>
      ${this.wide ? html`<section class="measures" aria-label=${m.tab_body()}>${this.#panel("body")}</section>` : ""}
      <atelier-viewer .studio=${this.studio}></atelier-viewer>
      <div class="side">
        <tab-bar .language=${this.studio.language} .tabs=${this.wide ? SIDE_TABS : ["body", ...SIDE_TABS]} .chosen=${tab}
          @choose=${(event: CustomEvent<Tab>) => (this.chosen = event.detail)}></tab-bar>
        <div class="panel" role="tabpanel" aria-label=${m[`tab_${tab}`]()}>${this.#panel(tab)}</div>
        <make-bar .studio=${this.studio} @made=${() => (this.chosen = "receipt")}></make-bar>
      </div>
    `;
  }

  #panel(tab: Tab): TemplateResult {
    const panels: Readonly<Record<Tab, TemplateResult>> = {
      body: html`<body-panel .studio=${this.studio}></body-panel>`,
      face: html`<face-panel .studio=${this.studio} @made=${() => (this.chosen = "face")}></face-panel>`,
      outfit: html`<outfit-panel .studio=${this.studio}></outfit-panel>`,
      look: html`<look-panel .studio=${this.studio}></look-panel>`,
      poses: html`<poses-panel .studio=${this.studio}></poses-panel>`,
      pictures: html`<pictures-panel .studio=${this.studio}></pictures-panel>`,
      receipt: html`<receipt-panel .studio=${this.studio}></receipt-panel>`,
      avatars: html`<avatars-panel .studio=${this.studio}></avatars-panel>`,
    };
    return panels[tab];
  }

  static override readonly styles = [
    controls,
    css`
      :host {
        display: grid;
        grid-template: minmax(0, 1fr) / minmax(0, 1fr) 25rem;
        min-height: 0;
      }
      .measures,
      .panel {
        overflow-y: auto;
        overscroll-behavior: contain;
        background: var(--surface);
        scrollbar-width: thin;
      }
      .side {
        display: grid;
        grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr);
        min-height: 0;
        border-left: 1px solid var(--line);
      }
      .measures {
        border-right: 1px solid var(--line);
      }
      @media (min-width: 1180px) {
        :host {
          grid-template-columns: 24rem minmax(0, 1fr) 24rem;
        }
      }
      @media (max-width: 760px) {
        :host {
          grid-template: minmax(0, 42fr) minmax(0, 58fr) / minmax(0, 1fr);
        }
        .side {
          border-left: 0;
          border-top: 1px solid var(--line);
        }
      }
    `,
  ];
}
