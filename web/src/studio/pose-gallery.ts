import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { below } from "../account/parts";
import { DIFFICULTIES, type PoseWish } from "../api/poses";
import type { PoseSummary } from "../api/schema";
import { BODY_TYPES } from "../api/types";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import { idOf } from "../state/paged";
import type { Studio } from "../state/studio";
import { AtelierElement } from "../ui/element";
import { marks } from "../ui/marks";
import type { Option } from "../ui/options";
import { controls } from "../ui/styles";
import { poseGrid, poseTile } from "./pose-tile";

const FRAMES = Array.from({ length: 9 });

/** The library's poses as pictures, and what narrows them. Fires `pick` with the one that was clicked. */
@customElement("pose-gallery")
export class PoseGallery extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;
  /** Ids of the poses that are chosen. */
  @property({ attribute: false }) chosen: readonly string[] = [];

  protected override watched(): readonly Observable[] {
    return [this.studio.library, this.studio.posePictures, this.studio.language];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.studio.library.open();
  }

  protected override render(): TemplateResult {
    const { poses } = this.studio.library;
    return html`
      ${this.#filters()}
      <ul class="poses" aria-label=${m.poses_library()} aria-busy=${poses.busy}>
        ${poses.loaded ? repeat(poses.items, idOf, (pose) => this.#tile(pose)) : this.#frames()}
      </ul>
      ${this.#late()} ${below(poses, m.poses_none())}
    `;
  }

  #tile(pose: PoseSummary): TemplateResult {
    return poseTile({
      studio: this.studio,
      name: this.studio.language.of(pose.name),
      description: this.studio.language.of(pose.description),
      picture: pose.links.picture,
      isChosen: this.chosen.includes(pose.id),
      pick: () => {
        this.dispatchEvent(new CustomEvent<PoseSummary>("pick", { detail: pose }));
      },
    });
  }

  /** Hold the place of the pictures that are on their way. */
  #frames(): TemplateResult | typeof nothing {
    if (this.studio.library.poses.failure !== null) return nothing;
    return html`${FRAMES.map(() => html`<li class="waiting" aria-hidden="true"></li>`)}`;
  }

  /** Pictures that are not drawn yet, and the way to ask for them at once. */
  #late(): TemplateResult {
    const { posePictures } = this.studio;
    const { late } = posePictures;
    return html`<div class="late small">
      <p role="status">${late > 0 ? m.poses_late({ count: late }) : nothing}</p>
      ${late > 0
        ? html`<button class="text-button" @click=${() => {
            posePictures.retry();
          }}>${m.common_again()}</button>`
        : nothing}
    </div>`;
  }

  #filters(): TemplateResult {
    const { library, language } = this.studio;
    const categories = library.facets?.categories ?? [];
    return html`<search class="filters">
      <input class="field words" type="search" maxlength="64" aria-label=${m.poses_search()} placeholder=${m.poses_search()}
        .value=${library.wish.words} @input=${(event: Event) => {
          library.want({ words: (event.target as HTMLInputElement).value });
        }} />
      ${this.#select("category", m.poses_category(), categories.map(({ id, name }) => ({ value: id, text: language.of(name) })))}
      ${this.#select("difficulty", m.poses_difficulty(), DIFFICULTIES.map((value) => ({ value, text: m[`difficulty_${value}`]() })))}
      ${this.#select("suits", m.poses_suits(), BODY_TYPES.map((value) => ({ value, text: m[`type_${value}`]() })))}
      <button class="text-button small" ?disabled=${!library.isNarrowed} @click=${() => {
        library.wantAll();
      }}>${m.poses_all()}</button>
    </search>`;
  }

  #select(name: Exclude<keyof PoseWish, "words">, label: string, options: readonly Option[]): TemplateResult {
    const { library } = this.studio;
    return html`<select class="field" aria-label=${label} @change=${(event: Event) => {
      library.want({ [name]: (event.target as HTMLSelectElement).value || null });
    }}>
      <option value="" ?selected=${library.wish[name] === null}>${label}</option>
      ${options.map(({ value, text }) => html`<option value=${value} ?selected=${library.wish[name] === value}>${text}</option>`)}
    </select>`;
  }

  static override readonly styles = [
    controls,
    marks,
    poseGrid,
    css`
      :host {
        display: grid;
        gap: 1rem;
        align-content: start;
      }
      .filters {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 1fr));
        gap: 0.5rem;
      }
      .words {
        grid-column: 1 / -1;
      }
      select.field {
        padding: 0 0.375rem;
        font-size: 0.875rem;
        text-overflow: ellipsis;
      }
      .late {
        display: flex;
        align-items: start;
        justify-content: space-between;
        gap: 1rem;
      }
      .late:has(button) {
        position: sticky;
        bottom: 0;
        padding: 0.625rem 0;
        border-top: 1px solid var(--line);
        background: var(--surface);
      }
      /* Who listens is told only of a place that was there before. */
      .late:not(:has(button)) {
        margin-top: -1rem;
      }
      .late button {
        flex: none;
        padding: 0;
      }
      .filters button {
        grid-column: 1 / -1;
        justify-self: start;
      }
    `,
  ];
}
