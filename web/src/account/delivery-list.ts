import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Delivery } from "../api/schema";
import type { Language } from "../i18n/locale";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Deliveries } from "../state/webhooks";
import { AtelierElement } from "../ui/element";
import { controls } from "../ui/styles";
import { eventName } from "./event-names";
import { pages } from "./page-style";
import { badge, below, fault, moment, type Mood } from "./parts";

const MOODS: Readonly<Record<Delivery["state"], Mood>> = {
  waiting: "busy",
  delivered: "good",
  exhausted: "bad",
  cancelled: "plain",
};

/** What was sent to a webhook, how it went, and the way to send it again. */
@customElement("delivery-list")
export class DeliveryList extends AtelierElement {
  @property({ attribute: false }) deliveries!: Deliveries;
  @property({ attribute: false }) language!: Language;

  protected override watched(): readonly Observable[] {
    return [this.deliveries.list, this.deliveries.sending, this.language];
  }

  protected override render(): TemplateResult {
    const { list, sending } = this.deliveries;
    return html`
      <div class="row">
        <button class="button small-button" ?disabled=${sending.busy} @click=${() => this.deliveries.test()}>
          ${m.deliveries_test()}
        </button>
        <button class="button small-button" ?disabled=${list.busy} @click=${() => list.load()}>${m.deliveries_refresh()}</button>
      </div>
      ${fault(sending.failure)}
      <ul class="list">${list.items.map((delivery) => this.#delivery(delivery))}</ul>
      ${below(list, m.deliveries_none())}
    `;
  }

  #delivery(delivery: Delivery): TemplateResult {
    const { event, state, createdAt } = delivery;
    return html`<li>
      <span class="what">
        <span class="row"><span class="name">${eventName(event)}</span> ${badge(m[`delivery_${state}`](), MOODS[state])}</span>
        <span class="small muted">${moment(createdAt)} · ${m.deliveries_attempts({ attempts: delivery.attempts })}${outcome(delivery)}</span>
        ${delivery.nextAttemptAt === null
          ? nothing
          : html`<span class="small muted">${m.deliveries_next()} ${moment(delivery.nextAttemptAt)}</span>`}
      </span>
      ${state === "waiting"
        ? nothing
        : html`<button class="button small-button" ?disabled=${this.deliveries.sending.busy}
            @click=${() => this.deliveries.replay(delivery)}>${m.deliveries_replay()}</button>`}
    </li>`;
  }

  static override readonly styles = [
    controls,
    pages,
    css`
      :host {
        gap: 0.875rem;
        padding-top: 1rem;
        border-top: 1px solid var(--line);
      }
    `,
  ];
}

/** What came of the last attempt: the server's status, or why there was none. */
function outcome({ status, error }: Delivery): string {
  const told = status === null ? error : `HTTP ${status}`;
  return told === null ? "" : ` · ${told}`;
}
