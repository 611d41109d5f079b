import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Consent, Policy } from "../api/schema";
import { fileSize } from "../i18n/format";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Office } from "../state/office";
import { AtelierElement } from "../ui/element";
import { icons } from "../ui/icons";
import { save } from "../ui/save";
import { controls } from "../ui/styles";
import "./delete-form";
import { pages } from "./page-style";
import { badge, below, fault, moment, progress } from "./parts";

/** What the person allows, everything that is known of them, and the end. */
@customElement("privacy-page")
export class PrivacyPage extends AtelierElement {
  @property({ attribute: false }) office!: Office;

  protected override watched(): readonly Observable[] {
    const { privacy, saving, language } = this.office;
    return [privacy.history, privacy.reading, privacy.consenting, saving, language];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.office.saving.task.forget();
    void this.office.privacy.load();
  }

  protected override render(): TemplateResult {
    const { privacy } = this.office;
    const known = privacy.history.loaded;
    return html`
      <section class="card">
        <h2>${m.consents_title()}</h2>
        <ul class="list">${known ? privacy.policies.map((policy) => this.#policy(policy)) : nothing}</ul>
        ${privacy.reading.busy ? progress(true, m.common_loading()) : nothing}
        ${fault(privacy.reading.failure)} ${fault(privacy.consenting.failure)}
      </section>
      <section class="card">
        <h2>${m.consents_history()}</h2>
        <ul class="list">${privacy.history.items.map((consent) => this.#entry(consent))}</ul>
        ${below(privacy.history, m.consents_none())}
      </section>
      ${this.#export()}
      <section class="card">
        <h2>${m.delete_title()}</h2>
        <delete-form .office=${this.office}></delete-form>
      </section>
    `;
  }

  #policy(policy: Policy): TemplateResult {
    const { privacy } = this.office;
    const isGiven = privacy.isGiven(policy);
    const title = m[`purpose_${policy.purpose}`]();
    return html`<li>
      <span class="what">
        <span class="row"><span class="name">${title}</span>
          ${isGiven ? badge(m.consents_given(), "good") : badge(m.consents_not_given())}</span>
        <span class="small muted">${m[`purpose_${policy.purpose}_lead`]()}</span>
        <span class="small muted">${m.consents_version({ version: policy.version })}</span>
      </span>
      <button class="button small-button" ?disabled=${privacy.consenting.busy} @click=${() => privacy.consent(policy, !isGiven)}
        aria-label=${isGiven ? m.consents_take_back_named({ purpose: title }) : m.consents_give_named({ purpose: title })}>
        ${isGiven ? m.consents_take_back() : m.consents_give()}
      </button>
    </li>`;
  }

  #entry({ purpose, given, policyVersion, createdAt }: Consent): TemplateResult {
    return html`<li>
      <span class="what">
        <span>${m[`purpose_${purpose}`]()} · ${given ? m.consents_was_given() : m.consents_was_taken_back()}</span>
        <span class="small muted">${moment(createdAt)} · ${m.consents_version({ version: policyVersion })}</span>
      </span>
    </li>`;
  }

  #export(): TemplateResult {
    const { task, receivedBytes } = this.office.saving;
    return html`<section class="card">
      <h2>${m.export_title()}</h2>
      <p class="small muted">${m.export_lead()}</p>
      ${fault(task.failure)}
      <div class="send">
        <button class="button" ?disabled=${task.busy} @click=${this.#save}>${icons.download}${m.export_start()}</button>
        ${progress(task.busy, m.export_coming({ size: fileSize(receivedBytes) }))}
      </div>
    </section>`;
  }

  async #save(): Promise<void> {
    const file = await this.office.export();
    if (file) save(file, "atelier-export.json");
  }

  static override readonly styles = [controls, pages];
}
