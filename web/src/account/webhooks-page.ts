import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Office } from "../state/office";
import { AtelierElement } from "../ui/element";
import { controls } from "../ui/styles";
import { pages } from "./page-style";
import { below, fault } from "./parts";
import "./secret-once";
import "./webhook-card";
import "./webhook-form";

/** Servers of the person that hear of events. */
@customElement("webhooks-page")
export class WebhooksPage extends AtelierElement {
  @property({ attribute: false }) office!: Office;

  protected override watched(): readonly Observable[] {
    const { webhooks, language } = this.office;
    return [webhooks.list, webhooks.adding, webhooks.changing, language];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.office.webhooks.list.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.office.webhooks.keep();
  }

  protected override render(): TemplateResult {
    const { list, revealed, changing } = this.office.webhooks;
    return html`
      ${revealed
        ? html`<secret-once .secret=${revealed.secret} .label=${m.webhooks_secret({ url: revealed.url })}
            @kept=${() => {
              this.office.webhooks.keep();
            }}></secret-once>`
        : html`<section class="card">
            <h2>${m.webhooks_new()}</h2>
            <webhook-form .office=${this.office}></webhook-form>
          </section>`}
      ${list.items.map((webhook) => html`<webhook-card .office=${this.office} .webhook=${webhook}></webhook-card>`)}
      ${below(list, m.webhooks_none())} ${fault(changing.failure)}
    `;
  }

  static override readonly styles = [controls, pages];
}
