import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { fault, progress } from "../account/parts";
import { CAMERAS, SIZES, STYLES } from "../api/pictures";
import { wholeNumber } from "../i18n/format";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Drawn } from "../state/pictures";
import type { Studio } from "../state/studio";
import type { Task } from "../state/task";
import { board } from "../ui/board";
import { AtelierElement } from "../ui/element";
import { marks } from "../ui/marks";
import { optionFields, selectField, type Option } from "../ui/options";
import { save } from "../ui/save";
import { controls } from "../ui/styles";
import { backdropFields } from "./backdrop-fields";
import "./share-form";

/** A picture and a turntable of the avatar on show, and a link to such a picture. */
@customElement("avatar-pictures")
export class AvatarPictures extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;

  protected override watched(): readonly Observable[] {
    const { pictures, avatars, wallet, language } = this.studio;
    return [pictures, avatars, wallet.reading, language];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.studio.wallet.readBalance();
  }

  protected override render(): TemplateResult {
    const shown = this.studio.avatars.current;
    if (shown === null) return html`<p class="muted">${m.pictures_later()}</p>`;
    const { wish } = this.studio.pictures;
    return html`${this.#options()} ${this.#picture()} ${this.#film()}
      <section>
        <h3>${m.share_title()}</h3>
        <p class="small muted">${m.share_avatar_lead()}</p>
        <share-form .studio=${this.studio} .shown=${{ avatar: shown.avatar, wish }}></share-form>
      </section>`;
  }

  #options(): TemplateResult {
    const { pictures } = this.studio;
    return html`<div class="options">
      ${this.#select("camera", m.pictures_camera(), CAMERAS.map((value) => ({ value, text: m[`camera_${value}`]() })))}
      ${this.#select("style", m.pictures_style(), STYLES.map((value) => ({ value, text: m[`style_${value}`]() })))}
      ${this.#select("size", m.pictures_size(), SIZES.map((size) => ({ value: String(size), text: m.pictures_pixels({ size }) })))}
      ${backdropFields(this.studio, pictures.wish, (part) => {
        pictures.want(part);
      })}
    </div>`;
  }

  #picture(): TemplateResult {
    const { picture, drawing } = this.studio.pictures;
    return html`<section>
      <div class="board">${picture
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
    const { film, filming, job, wish } = this.studio.pictures;
    const isClear = wish.background === "transparent";
    return html`<section>
      <h3>${m.film_title()}</h3>
      <p class="small muted">${this.#cost()} ${isClear ? m.film_opaque() : nothing}</p>
      ${film ? html`<video class="board" src=${film.url} controls loop muted playsinline aria-label=${m.film_title()}></video>` : nothing}
      ${this.#doing(filming, job ? m.film_drawing({ percent: job.progressPercent }) : m.film_asking())}
      <div class="buttons">
        <button class="button" ?disabled=${filming.busy || isClear} @click=${this.#record}>${m.film_draw()}</button>
        ${this.#keep(film, m.film_save(), "mp4")}
      </div>
    </section>`;
  }

  /** Without prices the page says that a film costs credits, and not how many; the statement has it. */
  #cost(): string {
    const { credits, prices } = this.studio.wallet;
    if (!credits || !prices) return m.film_lead();
    return m.film_price({ price: prices.turntable, balance: wholeNumber(credits.balance) });
  }

  #doing({ busy, failure }: Task, doing: string): TemplateResult {
    return html`${fault(failure)} ${progress(busy, doing)}`;
  }

  #keep(drawn: Drawn | null, label: string, ending: string): TemplateResult {
    return html`<button class="button" ?disabled=${drawn === null} @click=${() => {
      if (drawn) save(drawn.file, `atelier.${ending}`);
    }}>${label}</button>`;
  }

  #select(name: "camera" | "style" | "size", label: string, options: readonly Option[]): TemplateResult {
    const { pictures } = this.studio;
    const choose = (value: string): void => {
      pictures.want({ [name]: name === "size" ? Number(value) : value });
    };
    return selectField({ label, options, chosen: String(pictures.wish[name]), choose });
  }

  async #record(): Promise<void> {
    await this.studio.pictures.record();
    await this.studio.wallet.readBalance();
  }

  static override readonly styles = [
    controls,
    marks,
    board,
    optionFields,
    css`
      :host,
      section {
        display: grid;
        gap: 0.75rem;
        align-content: start;
      }
      :host {
        gap: 1.25rem;
      }
      .buttons {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 0.75rem;
      }
      .button {
        padding: 0 0.5rem;
      }
    `,
  ];
}
