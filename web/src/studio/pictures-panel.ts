import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { fault, progress } from "../account/parts";
import { BACKGROUNDS, CAMERAS, SIZES, STYLES, type PictureWish } from "../api/pictures";
import { m } from "../paraglide/messages.js";
import { JobFailed } from "../state/faces";
import type { Observable } from "../state/observable";
import type { Drawn } from "../state/pictures";
import type { Studio } from "../state/studio";
import type { Task } from "../state/task";
import { AtelierElement } from "../ui/element";
import { save } from "../ui/save";
import { controls } from "../ui/styles";

interface Option {
  readonly value: string;
  readonly text: string;
}

/** A picture and a turntable of the avatar on show. */
@customElement("pictures-panel")
export class PicturesPanel extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;

  protected override watched(): readonly Observable[] {
    return [this.studio.pictures, this.studio.avatars, this.studio.language];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.studio.pictures.open();
  }

  protected override render(): TemplateResult {
    return html`
      <h2>${m.pictures_title()}</h2>
      ${this.studio.avatars.current === null ? html`<p class="muted">${m.pictures_later()}</p>` : html`${this.#options()}
        ${this.#picture()} ${this.#film()}`}
    `;
  }

  #options(): TemplateResult {
    const { wish } = this.studio.pictures;
    return html`<div class="options">
      ${this.#select("camera", m.pictures_camera(), CAMERAS.map((value) => ({ value, text: m[`camera_${value}`]() })))}
      ${this.#select("style", m.pictures_style(), STYLES.map((value) => ({ value, text: m[`style_${value}`]() })))}
      ${this.#select("size", m.pictures_size(), SIZES.map((size) => ({ value: String(size), text: m.pictures_pixels({ size }) })))}
      ${this.#select("background", m.pictures_background(),
        BACKGROUNDS.map((value) => ({ value, text: m[`background_${value}`]() })))}
      ${wish.background === "color" || wish.background === "gradient" ? this.#color("color", m.pictures_color()) : nothing}
      ${wish.background === "gradient" ? this.#color("lower", m.pictures_lower()) : nothing}
    </div>`;
  }

  #picture(): TemplateResult {
    const { picture, drawing } = this.studio.pictures;
    return html`<section>
      <div class="box">${picture
        ? html`<img src=${picture.url} alt=${m.pictures_alt()} />`
        : html`<span class="muted small">${m.pictures_empty()}</span>`}</div>
      ${this.#doing(drawing, m.pictures_drawing())}
      <div class="buttons">
        <button class="button primary" ?disabled=${drawing.busy} @click=${() => this.studio.pictures.draw()}>${m.pictures_draw()}</button>
        ${this.#keep(picture, m.pictures_save(), "png")}
      </div>
    </section>`;
  }

  #film(): TemplateResult {
    const { film, filming, job, price, wish } = this.studio.pictures;
    const isClear = wish.background === "transparent";
    return html`<section>
      <h3>${m.film_title()}</h3>
      <p class="small muted">${price === null ? m.film_lead() : m.film_price({ price })} ${isClear ? m.film_opaque() : nothing}</p>
      ${film ? html`<video class="box" src=${film.url} controls loop muted playsinline aria-label=${m.film_title()}></video>` : nothing}
      ${this.#doing(filming, job ? m.film_drawing({ percent: job.progressPercent }) : m.film_asking())}
      <div class="buttons">
        <button class="button" ?disabled=${filming.busy || isClear} @click=${() => this.studio.pictures.record()}>${m.film_draw()}</button>
        ${this.#keep(film, m.film_save(), "mp4")}
      </div>
    </section>`;
  }

  #doing({ busy, failure }: Task, doing: string): TemplateResult {
    return html`${failure instanceof JobFailed ? html`<p class="fault" role="alert">${failure.message}</p>` : fault(failure)}
      ${progress(busy, doing)}`;
  }

  #keep(drawn: Drawn | null, label: string, ending: string): TemplateResult {
    return html`<button class="button" ?disabled=${drawn === null} @click=${() => {
      if (drawn) save(drawn.file, `atelier.${ending}`);
    }}>${label}</button>`;
  }

  #select(name: "camera" | "style" | "size" | "background", label: string, options: readonly Option[]): TemplateResult {
    const { pictures } = this.studio;
    return html`<label>${label}
      <select class="field" @change=${(event: Event) => {
        const { value } = event.target as HTMLSelectElement;
        pictures.want({ [name]: name === "size" ? Number(value) : value });
      }}>
        ${options.map(({ value, text }) => html`<option value=${value} ?selected=${String(pictures.wish[name]) === value}>${text}</option>`)}
      </select></label>`;
  }

  #color(name: keyof Pick<PictureWish, "color" | "lower">, label: string): TemplateResult {
    return html`<label>${label}
      <input class="field" type="color" .value=${this.studio.pictures.wish[name]} @change=${(event: Event) => {
        this.studio.pictures.want({ [name]: (event.target as HTMLInputElement).value });
      }} /></label>`;
  }

  static override readonly styles = [
    controls,
    css`
      :host,
      section {
        display: grid;
        gap: 0.75rem;
        align-content: start;
      }
      :host {
        gap: 1.25rem;
        padding: 1.25rem;
      }
      .options,
      .buttons {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 0.75rem;
      }
      label {
        display: grid;
        gap: 0.25rem;
        font-size: 0.8125rem;
      }
      select.field {
        padding: 0 0.375rem;
        font-size: 0.875rem;
      }
      input[type="color"] {
        padding: 0.25rem;
      }
      .box {
        display: grid;
        place-items: center;
        width: 100%;
        aspect-ratio: 1;
        border-radius: var(--radius);
        background: repeating-conic-gradient(var(--hover) 0 25%, var(--surface) 0 50%) 0 0 / 1.25rem 1.25rem;
        overflow: hidden;
      }
      .box img {
        display: block;
        width: 100%;
        height: 100%;
      }
      .box span {
        padding: 0.25rem 0.5rem;
        border-radius: var(--radius);
        background: var(--surface);
      }
      .button {
        padding: 0 0.5rem;
      }
    `,
  ];
}
