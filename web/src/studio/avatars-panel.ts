import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Avatar } from "../api/types";
import { centimetres, dateTime } from "../i18n/format";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Studio } from "../state/studio";
import { AtelierElement } from "../ui/element";
import { icons } from "../ui/icons";
import { controls } from "../ui/styles";

/** The avatars of this person, newest first. */
@customElement("avatars-panel")
export class AvatarsPanel extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;
  /** The one whose deletion has to be confirmed. */
  @state() private doomed: string | null = null;

  protected override watched(): readonly Observable[] {
    return [this.studio.avatars, this.studio.wardrobe, this.studio.language];
  }

  protected override render(): TemplateResult {
    const { avatars } = this.studio;
    return html`
      <h2 class="visually-hidden">${m.avatars_title()}</h2>
      ${avatars.list.length === 0 ? html`<p class="muted">${m.avatars_none()}</p>` : nothing}
      <ul>
        ${avatars.list.map((avatar) => this.#item(avatar))}
      </ul>
      ${avatars.nextCursor === null
        ? nothing
        : html`<button class="button" ?disabled=${avatars.loadingList} @click=${() => avatars.loadMore()}>${m.avatars_more()}</button>`}
    `;
  }

  #item(avatar: Avatar): TemplateResult {
    const { avatars } = this.studio;
    const shown = avatars.current?.avatar.id === avatar.id;
    return html`<li class=${shown ? "shown" : ""}>
      <button class="open" aria-current=${shown} ?disabled=${avatars.busy} @click=${() => avatars.open(avatar)}>
        <span class="title">${this.#title(avatar)}</span>
        <span class="small muted">${dateTime(avatar.createdAt)}</span>
      </button>
      ${this.doomed === avatar.id ? this.#confirmation(avatar) : this.#remover(avatar)}
    </li>`;
  }

  #title({ recipe, receipt }: Avatar): string {
    const stature = receipt.measurements.find(({ name }) => name === "stature");
    const worn = recipe.outfit.flatMap(({ garmentId, size }) => {
      const garment = this.studio.wardrobe.garment(garmentId);
      return garment ? [`${this.studio.language.of(garment.name)} ${size}`] : [];
    });
    const height = stature ? [m.avatars_height({ height: centimetres(stature.deliveredMm) })] : [];
    return [m[`type_${recipe.bodyType}`](), ...height, ...worn].join(" · ");
  }

  #remover(avatar: Avatar): TemplateResult {
    return html`<button class="icon-button" title=${m.avatars_delete()}
      aria-label=${m.avatars_delete_named({ name: dateTime(avatar.createdAt) })}
      @click=${() => (this.doomed = avatar.id)}>${icons.remove}</button>`;
  }

  #confirmation(avatar: Avatar): TemplateResult {
    return html`<span class="confirm">
      <button class="text-button fault" @click=${() => this.studio.avatars.remove(avatar)}>${m.avatars_delete()}</button>
      <button class="text-button" @click=${() => (this.doomed = null)}>${m.avatars_keep()}</button>
    </span>`;
  }

  static override readonly styles = [
    controls,
    css`
      :host {
        display: grid;
        gap: 1rem;
        padding: 1.25rem;
      }
      ul {
        display: grid;
        gap: 0.5rem;
      }
      li {
        display: grid;
        grid-template-columns: 1fr auto;
        align-items: center;
        padding-right: 0.5rem;
        border: 1px solid var(--line);
        border-radius: var(--radius);
      }
      li.shown {
        border-color: var(--accent);
      }
      .open {
        display: grid;
        padding: 0.625rem 0.75rem;
        border: 0;
        border-radius: var(--radius);
        background: none;
        text-align: left;
      }
      .open:hover:enabled {
        background: var(--hover);
      }
      .title {
        font-weight: 500;
      }
      .confirm {
        display: flex;
        gap: 0.75rem;
        padding-left: 0.5rem;
      }
    `,
  ];
}
