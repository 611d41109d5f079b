import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { below, fault, progress } from "../account/parts";
import type { CustomBackground } from "../api/schema";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import { idOf } from "../state/paged";
import type { Studio } from "../state/studio";
import "../ui/confirm-button";
import { AtelierElement } from "../ui/element";
import { marks } from "../ui/marks";
import { controls } from "../ui/styles";
import "./own-background-picture";

const ACCEPTED = "image/jpeg,image/png,image/webp";

/** The person's own pictures to stand behind people, and the way to another one. Fires `pick` with the one that is wanted. */
@customElement("own-backgrounds")
export class OwnBackgroundsElement extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;
  /** Id of the one that is chosen. */
  @property({ attribute: false }) chosen: string | null = null;

  protected override watched(): readonly Observable[] {
    return [this.studio.ownBackgrounds, this.studio.language];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.studio.ownBackgrounds.open();
  }

  protected override render(): TemplateResult {
    const { backgrounds, sending, removing, fault: wrong } = this.studio.ownBackgrounds;
    return html`
      <label class="button">${m.backdrops_add()}
        <input class="visually-hidden" type="file" accept=${ACCEPTED} ?disabled=${sending.busy} @change=${this.#send} />
      </label>
      ${wrong === null ? nothing : html`<p class="fault small" role="alert">${wrong}</p>`}
      ${fault(sending.failure)} ${progress(sending.busy, m.backdrops_sending())} ${fault(removing.failure)}
      <ul aria-label=${m.backdrops_title()}>${repeat(backgrounds.items, idOf, (background) => this.#item(background))}</ul>
      ${below(backgrounds, m.backdrops_none())}
    `;
  }

  #item(background: CustomBackground): TemplateResult {
    const name = background.name || m.backdrops_unnamed();
    return html`<li>
      <button class="tile" aria-pressed=${background.id === this.chosen ? "true" : "false"} title=${name} @click=${() => {
        this.#pick(background);
      }}>
        <own-background-picture .studio=${this.studio} .background=${background}></own-background-picture>
        <span class="name small">${name}</span>
      </button>
      <confirm-button .label=${m.backdrops_delete()} .name=${m.backdrops_delete_named({ name })} .question=${m.backdrops_delete_sure()}
        ?disabled=${this.studio.ownBackgrounds.removing.busy} @confirmed=${() => this.#remove(background)}></confirm-button>
    </li>`;
  }

  #pick(background: CustomBackground): void {
    this.dispatchEvent(new CustomEvent<CustomBackground>("pick", { detail: background }));
  }

  async #send(event: Event): Promise<void> {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    // So that the same file, changed, can be chosen again.
    input.value = "";
    const kept = file ? await this.studio.ownBackgrounds.send(file) : null;
    if (kept !== null) this.#pick(kept);
  }

  /** Nothing that is still to be drawn asks for one that is gone. */
  async #remove(background: CustomBackground): Promise<void> {
    if (!(await this.studio.ownBackgrounds.remove(background))) return;
    for (const wishes of [this.studio.pictures, this.studio.photoOrders]) {
      if (wishes.wish.own === background.id) wishes.want({ own: null });
    }
  }

  static override readonly styles = [
    controls,
    marks,
    css`
      :host {
        display: grid;
        gap: 0.75rem;
        align-content: start;
      }
      label.button {
        cursor: pointer;
      }
      label.button:focus-within {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(6.25rem, 1fr));
        gap: 0.625rem;
      }
      ul:empty {
        display: none;
      }
      li {
        display: grid;
        gap: 0.25rem;
        align-content: start;
        min-width: 0;
      }
      .tile {
        display: grid;
        width: 100%;
        padding: 0 0 0.375rem;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        overflow: hidden;
      }
      .tile:hover {
        border-color: var(--line-strong);
      }
      .tile[aria-pressed="true"] {
        border-color: var(--accent);
        box-shadow: 0 0 0 1px var(--accent);
      }
      .name {
        padding: 0.25rem 0.375rem 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
    `,
  ];
}
