import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Session } from "../api/schema";
import { m } from "../paraglide/messages.js";
import { deviceName } from "../state/device";
import type { Observable } from "../state/observable";
import type { Office } from "../state/office";
import "../ui/confirm-button";
import { AtelierElement } from "../ui/element";
import { controls } from "../ui/styles";
import { pages } from "./page-style";
import { badge, below, fault, moment } from "./parts";

/** Where the person is logged in. */
@customElement("sessions-page")
export class SessionsPage extends AtelierElement {
  @property({ attribute: false }) office!: Office;

  protected override watched(): readonly Observable[] {
    const { sessions, language } = this.office;
    return [sessions.list, sessions.ending, language];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.office.sessions.list.load();
  }

  protected override render(): TemplateResult {
    const { list, ending } = this.office.sessions;
    return html`<section class="card">
      <ul class="list">${list.items.map((session) => this.#session(session))}</ul>
      ${below(list, m.sessions_none())} ${fault(ending.failure)}
      ${list.items.some(({ current }) => !current)
        ? html`<confirm-button class="more" .label=${m.sessions_end_others()} .question=${m.sessions_end_others_question()}
            ?disabled=${ending.busy} @confirmed=${() => this.office.sessions.endOthers()}></confirm-button>`
        : nothing}
    </section>`;
  }

  #session(session: Session): TemplateResult {
    const name = deviceName(session.device) || m.sessions_unknown();
    return html`<li>
      <span class="what">
        <span class="row">
          <span class="name" title=${session.device}>${name}</span>
          ${session.current ? badge(m.sessions_current(), "good") : nothing}
        </span>
        <span class="small muted">${m.sessions_used()} ${moment(session.usedAt)}</span>
        <span class="small muted">${m.sessions_since()} ${moment(session.createdAt)}</span>
      </span>
      ${session.current ? nothing : this.#ender(session, name)}
    </li>`;
  }

  #ender(session: Session, name: string): TemplateResult {
    return html`<confirm-button .label=${m.sessions_end()} .name=${m.sessions_end_named({ name })}
      .question=${m.sessions_end_question()} ?disabled=${this.office.sessions.ending.busy}
      @confirmed=${() => this.office.sessions.end(session)}></confirm-button>`;
  }

  static override readonly styles = [controls, pages];
}
