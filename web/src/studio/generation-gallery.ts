import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { below, fault } from "../account/parts";
import type { Generation, GenerationStats } from "../api/schema";
import { decimal, wholeNumber } from "../i18n/format";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import { idOf } from "../state/paged";
import type { Studio } from "../state/studio";
import { AtelierElement } from "../ui/element";
import { icons } from "../ui/icons";
import { marks } from "../ui/marks";
import { controls } from "../ui/styles";
import { generationGrid, generationTile } from "./generation-tile";
import "./generation-view";

/** The pictures in poses that were asked for, newest first; one of them on its own when it is opened. */
@customElement("generation-gallery")
export class GenerationGallery extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;
  /** Id of the one that is opened. */
  @state() private opened: string | null = null;

  protected override watched(): readonly Observable[] {
    const { generations, poseNames, language } = this.studio;
    return [generations, poseNames, language];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.studio.generations.watch();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.studio.generations.leave();
  }

  /** One that is deleted is left. */
  protected override willUpdate(changes: PropertyValues): void {
    super.willUpdate(changes);
    if (this.opened !== null && !this.studio.generations.find(this.opened)) void this.#back();
  }

  protected override render(): TemplateResult {
    const { generations } = this.studio;
    const opened = this.opened === null ? undefined : generations.find(this.opened);
    return html`${opened ? this.#one(opened) : this.#all()} ${fault(generations.failure)}`;
  }

  #one(generation: Generation): TemplateResult {
    return html`<button class="text-button back" @click=${this.#back}>${icons.back}${m.generation_back()}</button>
      <generation-view .studio=${this.studio} .generation=${generation}></generation-view>`;
  }

  #all(): TemplateResult {
    const { list, stats } = this.studio.generations;
    return html`
      ${stats && stats.total > 0 ? this.#sums(stats) : nothing}
      <ul class="tiles" aria-label=${m.pictures_shelf_gallery()}>${repeat(list.items, idOf, (generation) =>
        generationTile(this.studio, generation, () => void this.#open(generation)),
      )}</ul>
      ${below(list, m.generation_none())}
    `;
  }

  #sums({ total, completed, failed, meanProcessingSeconds, creditsUsed }: GenerationStats): TemplateResult {
    const sums = [m.generation_total({ total: wholeNumber(total) }), m.generation_drawn({ completed: wholeNumber(completed) })];
    if (failed > 0) sums.push(m.generation_failed({ failed: wholeNumber(failed) }));
    if (completed > 0) {
      sums.push(m.generation_used({ credits: wholeNumber(creditsUsed) }));
      sums.push(m.generation_time({ seconds: decimal(meanProcessingSeconds, 1) }));
    }
    return html`<p class="small muted">${sums.join(" · ")}</p>`;
  }

  async #open({ id }: Generation): Promise<void> {
    this.opened = id;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(".back")?.focus();
  }

  async #back(): Promise<void> {
    const left = `#open-${this.opened}`;
    this.opened = null;
    await this.updateComplete;
    const tile = this.renderRoot.querySelector<HTMLElement>(left) ?? this.renderRoot.querySelector<HTMLElement>(".tile");
    tile?.focus();
  }

  static override readonly styles = [
    controls,
    marks,
    generationGrid,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1rem;
        align-content: start;
      }
      .back {
        display: inline-flex;
        align-items: center;
        justify-self: start;
        gap: 0.25rem;
      }
      .tiles:empty {
        display: none;
      }
    `,
  ];
}
