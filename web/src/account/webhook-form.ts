import { html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { faultsByField } from "../api/errors";
import type { WebhookEvent } from "../api/schema";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Office } from "../state/office";
import { AtelierElement } from "../ui/element";
import { checkedIn, textField, textsOf } from "../ui/field";
import { forms } from "../ui/form-style";
import { controls } from "../ui/styles";
import { pages } from "./page-style";
import { eventName, EVENTS } from "./event-names";
import { fault, progress } from "./parts";

/** A server's address, and what it is to hear of. */
@customElement("webhook-form")
export class WebhookForm extends AtelierElement {
  @property({ attribute: false }) office!: Office;
  @state() private isMissing = false;

  protected override watched(): readonly Observable[] {
    return [this.office.webhooks.adding, this.office.language];
  }

  protected override render(): TemplateResult {
    const { adding } = this.office.webhooks;
    const wrong = this.isMissing ? m.account_required() : faultsByField(adding.failure, ["url"]).get("url");
    return html`<form novalidate @submit=${this.#onSubmit}>
      ${textField({
        name: "url",
        label: m.webhooks_url(),
        type: "url",
        maxLength: 2048,
        hint: m.webhooks_url_hint(),
        fault: wrong,
      })}
      <fieldset>
        <legend>${m.webhooks_events()}</legend>
        ${EVENTS.map(
          (event) => html`<label class="box">
            <input type="checkbox" name="events" value=${event} />
            <span>${eventName(event)}</span>
          </label>`,
        )}
        <p class="small muted">${m.webhooks_events_hint()}</p>
      </fieldset>
      ${wrong === undefined ? fault(adding.failure) : ""}
      <div class="send">
        <button class="button primary" ?disabled=${adding.busy}>${m.webhooks_add()}</button>
        ${progress(adding.busy, m.common_working())}
      </div>
    </form>`;
  }

  async #onSubmit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const url = textsOf(form).url?.trim() ?? "";
    this.isMissing = url === "";
    if (!this.isMissing) await this.office.webhooks.add({ url, events: checkedIn(form, "events") as WebhookEvent[] });
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }

  static override readonly styles = [controls, pages, forms];
}
