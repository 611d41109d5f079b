import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { ApiKey } from "../api/schema";
import { day } from "../i18n/format";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Office } from "../state/office";
import "../ui/confirm-button";
import { AtelierElement } from "../ui/element";
import { controls } from "../ui/styles";
import "./key-form";
import { pages } from "./page-style";
import { badge, below, fault } from "./parts";
import "./secret-once";

/** Keys that open the platform to the person's own servers. */
@customElement("keys-page")
export class KeysPage extends AtelierElement {
  @property({ attribute: false }) office!: Office;

  protected override watched(): readonly Observable[] {
    const { keys, language } = this.office;
    return [keys.list, keys.making, keys.revoking, language];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.office.keys.list.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.office.keys.keep();
  }

  protected override render(): TemplateResult {
    const { list, made, revoking } = this.office.keys;
    return html`
      ${made
        ? html`<secret-once .secret=${made.key} .label=${m.keys_made({ name: made.name })}
            @kept=${() => {
              this.office.keys.keep();
            }}></secret-once>`
        : html`<section class="card">
            <h2>${m.keys_new()}</h2>
            <key-form .office=${this.office}></key-form>
          </section>`}
      <section class="card">
        <h2>${m.keys_title()}</h2>
        <ul class="list">${list.items.map((key) => this.#key(key))}</ul>
        ${below(list, m.keys_none())} ${fault(revoking.failure)}
      </section>
    `;
  }

  #key(key: ApiKey): TemplateResult {
    const { name, scopes, createdAt, expiresAt, usedAt } = key;
    const used = usedAt === null ? m.keys_unused() : m.keys_used({ day: day(usedAt) });
    const ends = expiresAt === null ? nothing : html` · ${m.keys_expires({ day: day(expiresAt) })}`;
    return html`<li>
      <span class="what">
        <span class="name">${name}</span>
        <span class="scopes">${scopes.map((scope) => badge(scope))}</span>
        <span class="small muted">${m.keys_since({ day: day(createdAt) })} · ${used}${ends}</span>
      </span>
      <confirm-button .label=${m.keys_revoke()} .name=${m.keys_revoke_named({ name })} .question=${m.keys_revoke_question()}
        ?disabled=${this.office.keys.revoking.busy} @confirmed=${() => this.office.keys.revoke(key)}></confirm-button>
    </li>`;
  }

  static override readonly styles = [
    controls,
    pages,
    css`
      .scopes {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem;
        padding-block: 0.125rem;
      }
    `,
  ];
}
