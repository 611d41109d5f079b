import { css, html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Studio } from "../state/studio";
import { choices } from "../ui/choices";
import { AtelierElement } from "../ui/element";
import { segments } from "../ui/segments";
import { controls } from "../ui/styles";
import "./avatar-pictures";
import "./generation-gallery";
import "./photo-order-form";
import "./share-list";

const SHELVES = ["avatar", "photo", "gallery", "links"] as const;
type Shelf = (typeof SHELVES)[number];

/** Pictures: of the avatar on show, of a person from a photo, those that were drawn before, and the links to them. */
@customElement("pictures-panel")
export class PicturesPanel extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;
  @state() private shelf: Shelf = "avatar";

  protected override watched(): readonly Observable[] {
    return [this.studio.language];
  }

  protected override render(): TemplateResult {
    return html`
      <h2>${m.pictures_title()}</h2>
      ${segments({
        name: "shelf",
        label: m.pictures_title(),
        options: SHELVES.map((value) => ({ value, text: m[`pictures_shelf_${value}`]() })),
        chosen: this.shelf,
        choose: (shelf) => (this.shelf = shelf),
      })}
      ${this.#shown()}
    `;
  }

  #shown(): TemplateResult {
    const { studio } = this;
    const shelves: Readonly<Record<Shelf, TemplateResult>> = {
      avatar: html`<avatar-pictures .studio=${studio}></avatar-pictures>`,
      photo: html`<photo-order-form .studio=${studio}></photo-order-form>`,
      gallery: html`<generation-gallery .studio=${studio}></generation-gallery>`,
      links: html`<share-list .studio=${studio}></share-list>`,
    };
    return shelves[this.shelf];
  }

  static override readonly styles = [
    controls,
    choices,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1.25rem;
        align-content: start;
        padding: 1.25rem;
      }
    `,
  ];
}
