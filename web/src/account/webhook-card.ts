import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Webhook } from "../api/schema";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Office } from "../state/office";
import type { Deliveries } from "../state/webhooks";
import "../ui/confirm-button";
import { AtelierElement } from "../ui/element";
import { controls } from "../ui/styles";
import "./delivery-list";
import { eventName } from "./event-names";
import { pages } from "./page-style";
import { badge, moment } from "./parts";

/** One webhook: how it stands, what can be done with it, and what was sent to it. */
@customElement("webhook-card")
export class WebhookCard extends AtelierElement {
  @property({ attribute: false }) office!: Office;
  @property({ attribute: false }) webhook!: Webhook;
  /** There once somebody has asked for what was sent. */
  @state() private deliveries: Deliveries | null = null;
  @state() private open = false;

  protected override watched(): readonly Observable[] {
    return [this.office.webhooks.changing, this.office.language];
  }

  protected override render(): TemplateResult {
    const { url, events, createdAt, oldSecretExpiresAt } = this.webhook;
    return html`<article class="card" aria-label=${url}>
      <div class="what">
        <span class="row"><span class="name">${url}</span> ${this.#state()}</span>
        <span class="small muted">${events.length === 0 ? m.webhooks_everything() : events.map(eventName).join(" · ")}</span>
        <span class="small muted">${m.webhooks_since()} ${moment(createdAt)}</span>
        ${oldSecretExpiresAt === null
          ? nothing
          : html`<span class="small muted">${m.webhooks_old_secret()} ${moment(oldSecretExpiresAt)}</span>`}
      </div>
      ${this.#actions()}
      ${this.open && this.deliveries
        ? html`<delivery-list .deliveries=${this.deliveries} .language=${this.office.language}></delivery-list>`
        : nothing}
    </article>`;
  }

  #state(): TemplateResult {
    const { enabled, disabledReason } = this.webhook;
    if (enabled) return badge(m.webhooks_on(), "good");
    return badge(disabledReason === "gone" ? m.webhooks_gone() : m.webhooks_off(), "bad");
  }

  #actions(): TemplateResult {
    const { webhooks } = this.office;
    const { webhook } = this;
    const { busy } = webhooks.changing;
    return html`<div class="row">
      <button class="button small-button" aria-expanded=${this.open} @click=${this.#toggle}>${m.webhooks_deliveries()}</button>
      <button class="button small-button" ?disabled=${busy} @click=${() => webhooks.enable(webhook, !webhook.enabled)}>
        ${webhook.enabled ? m.webhooks_switch_off() : m.webhooks_switch_on()}
      </button>
      <confirm-button .label=${m.webhooks_rotate()} .question=${m.webhooks_rotate_question()} ?disabled=${busy}
        @confirmed=${() => webhooks.rotateSecret(webhook)}></confirm-button>
      <confirm-button .label=${m.webhooks_remove()} .question=${m.webhooks_remove_question()} ?disabled=${busy}
        @confirmed=${() => webhooks.remove(webhook)}></confirm-button>
    </div>`;
  }

  #toggle(): void {
    this.open = !this.open;
    if (!this.open) return;
    this.deliveries ??= this.office.webhooks.deliveries(this.webhook);
    void this.deliveries.list.load();
  }

  static override readonly styles = [
    controls,
    pages,
    css`
      .name {
        min-width: 0;
        overflow-wrap: anywhere;
      }
    `,
  ];
}
