import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { fault, headway, meter, moment, standing } from "../account/parts";
import { ENDS } from "../api/jobs";
import type { Generation } from "../api/schema";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Studio } from "../state/studio";
import { Task } from "../state/task";
import "../ui/confirm-button";
import { AtelierElement } from "../ui/element";
import { icons } from "../ui/icons";
import { marks } from "../ui/marks";
import { save } from "../ui/save";
import { controls } from "../ui/styles";
import "./generation-picture";
import { nameOf } from "./generation-tile";
import "./share-form";

/** A picture in a pose: how far it is, what it became, and what may be done with it. */
@customElement("generation-view")
export class GenerationView extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;
  @property({ attribute: false }) generation!: Generation;
  @state() private sharing = false;
  readonly #saving = new Task();

  protected override watched(): readonly Observable[] {
    const { generations, poseNames, language } = this.studio;
    return [generations, poseNames, language, this.#saving];
  }

  protected override render(): TemplateResult {
    const { generation, studio } = this;
    const { state, error, clampedBones } = generation;
    const name = nameOf(studio, generation);
    return html`<article aria-label=${name}>
      <generation-picture .studio=${studio} .generation=${generation} .alt=${m.generation_alt({ pose: name })}></generation-picture>
      <p class="name">${name} <span role="status">${standing(state)}</span></p>
      <p class="small muted">${this.#facts()}</p>
      ${ENDS.includes(state) ? nothing : this.#underWay()}
      ${error ? html`<p class="fault" role="alert">${[error.message, ...error.photos.map(({ message }) => message)].join(" ")}</p>` : nothing}
      ${clampedBones.length > 0 ? html`<p class="small muted">${m.own_clamped({ count: clampedBones.length })}</p>` : nothing}
      ${fault(this.#saving.failure)} ${fault(studio.generations.removing.failure)}
      ${this.#buttons()}
      ${this.sharing ? html`<share-form .studio=${studio} .shown=${{ generation }}></share-form>` : nothing}
    </article>`;
  }

  /** Credits that were held for what was not drawn are given back. */
  get #isUnpaid(): boolean {
    return this.generation.state === "failed" || this.generation.state === "cancelled";
  }

  #facts(): TemplateResult {
    const { quality, style, credits, priority, createdAt } = this.generation;
    const price = this.#isUnpaid ? m.generation_unpaid() : m.generation_credits({ credits });
    const facts = [m[`quality_${quality}`](), m[`style_${style}`](), price];
    if (priority) facts.push(m.generation_priority());
    return html`${facts.join(" · ")} · ${moment(createdAt)}`;
  }

  #underWay(): TemplateResult {
    const lost = this.studio.generations.isLost(this.generation);
    return html`${meter(this.generation.progressPercent)}
      <p class="small muted">${headway(this.generation, lost)}</p>`;
  }

  #buttons(): TemplateResult {
    const { picture, photo } = this.generation.links;
    return html`<div class="buttons">
      ${picture === null ? nothing : this.#pictureButtons(picture)}
      ${photo === null
        ? nothing
        : html`<button class="button small-button" @click=${() => this.#save(`photo-${this.generation.id}`, () => this.studio.generations.photo(photo))}>
            ${m.generation_photo()}</button>`}
      ${this.#remover()}
    </div>`;
  }

  #pictureButtons(picture: string): TemplateResult {
    const { id } = this.generation;
    const { generations } = this.studio;
    return html`<button class="button small-button" ?disabled=${this.#saving.busy}
        @click=${() => this.#save(`atelier-${id}.png`, () => generations.picture(id, picture))}>${icons.download}${m.pictures_save()}</button>
      <button class="button small-button" aria-expanded=${this.sharing ? "true" : "false"}
        @click=${() => (this.sharing = !this.sharing)}>${m.share_open()}</button>`;
  }

  #remover(): TemplateResult {
    const { generations } = this.studio;
    const isOver = ENDS.includes(this.generation.state);
    return html`<confirm-button .label=${isOver ? m.own_delete() : m.generation_cancel()}
      .name=${isOver ? m.generation_delete_named({ name: nameOf(this.studio, this.generation) }) : ""}
      .question=${isOver ? this.#deletion() : m.generation_cancel_question()}
      ?disabled=${generations.removing.busy} @confirmed=${() => generations.remove(this.generation)}></confirm-button>`;
  }

  #deletion(): string {
    return this.#isUnpaid ? m.generation_delete_unpaid() : m.generation_delete_question();
  }

  async #save(name: string, fetch: () => Promise<Blob>): Promise<void> {
    await this.#saving.run(async () => {
      save(await fetch(), name);
    });
  }

  static override readonly styles = [
    controls,
    marks,
    css`
      article {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.625rem;
      }
      .name {
        font-weight: 500;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
      }
    `,
  ];
}
