import { css, html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { below, fault } from "../account/parts";
import { pages } from "../account/page-style";
import type { Share } from "../api/schema";
import { dateTime } from "../i18n/format";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import { idOf } from "../state/paged";
import type { Studio } from "../state/studio";
import "../ui/confirm-button";
import { AtelierElement } from "../ui/element";
import { controls } from "../ui/styles";

/** The links that hold, and the way to revoke each. */
@customElement("share-list")
export class ShareList extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;

  protected override watched(): readonly Observable[] {
    return [this.studio.shares, this.studio.language];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.studio.shares.list.load();
  }

  protected override render(): TemplateResult {
    const { list, revoking } = this.studio.shares;
    return html`
      <p class="small muted">${m.share_list_lead()}</p>
      <ul class="list" aria-label=${m.share_list()}>${repeat(list.items, idOf, (share) => this.#share(share))}</ul>
      ${below(list, m.share_none())} ${fault(revoking.failure)}
    `;
  }

  #share(share: Share): TemplateResult {
    const name = share.title || m.share_untitled();
    return html`<li>
      <span class="what">
        <span class="name">${name}</span>
        <span class="small muted">${share.avatarId ? m.share_of_avatar() : m.share_of_generation()}</span>
        <span class="small muted">${m.share_until({ until: dateTime(share.expiresAt) })}</span>
      </span>
      <confirm-button .label=${m.share_revoke()} .name=${m.share_revoke_named({ name })} .question=${m.share_revoke_question()}
        ?disabled=${this.studio.shares.revoking.busy} @confirmed=${() => this.studio.shares.revoke(share)}></confirm-button>
    </li>`;
  }

  static override readonly styles = [
    controls,
    pages,
    css`
      :host {
        gap: 1rem;
      }
      .what {
        flex-basis: 10rem;
      }
    `,
  ];
}
