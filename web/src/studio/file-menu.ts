import { css, html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { FILE_FORMATS, type Avatar, type FileFormat } from "../api/types";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Studio } from "../state/studio";
import { AtelierElement } from "../ui/element";
import { icons } from "../ui/icons";
import { save } from "../ui/save";
import { controls } from "../ui/styles";

type OtherFormat = Exclude<FileFormat, "glb">;

const OTHERS = FILE_FORMATS.filter((format): format is OtherFormat => format !== "glb");
/** OBJ comes in an archive, with its materials and pictures. */
const EXTENSIONS: Readonly<Partial<Record<FileFormat, string>>> = { obj: "zip" };

/** The avatar in the formats beside GLB: made when they are asked for. */
@customElement("file-menu")
export class FileMenu extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;
  @property({ attribute: false }) avatar!: Avatar;
  @state() private open = false;

  protected override watched(): readonly Observable[] {
    return [this.studio.downloads, this.studio.language];
  }

  protected override render(): TemplateResult {
    return html`<div @focusout=${this.#onFocusOut} @keydown=${this.#onKey}>
      <button class="button" aria-expanded=${this.open} aria-controls="formats"
        ?disabled=${this.studio.downloads.fetching !== null} @click=${() => (this.open = !this.open)}>
        ${m.make_formats()}${icons.unfold}
      </button>
      <ul id="formats" ?hidden=${!this.open}>
        ${OTHERS.map((format) => this.#choice(format))}
      </ul>
    </div>`;
  }

  #choice(format: OtherFormat): TemplateResult {
    return html`<li>
      <button @click=${() => this.#save(format)}>
        <b>${format.toUpperCase()}</b><span class="small muted">${m[`format_${format}`]()}</span>
      </button>
    </li>`;
  }

  async #save(format: OtherFormat): Promise<void> {
    this.open = false;
    const { id } = this.avatar;
    const blob = await this.studio.downloads.fetch(this.avatar, format);
    if (blob) save(blob, `atelier-${id}.${EXTENSIONS[format] ?? format}`);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !this.open) return;
    this.open = false;
    this.renderRoot.querySelector("button")?.focus();
  }

  #onFocusOut({ relatedTarget }: FocusEvent): void {
    if (!(relatedTarget instanceof Node && this.renderRoot.contains(relatedTarget))) this.open = false;
  }

  static override readonly styles = [
    controls,
    css`
      .button {
        min-height: 2.75rem;
        white-space: nowrap;
      }
      .button[aria-expanded="true"] svg {
        rotate: 180deg;
      }
      /* As wide as the positioned box around this element. */
      ul {
        position: absolute;
        bottom: calc(100% + 0.375rem);
        left: 0;
        right: 0;
        z-index: 1;
        padding: 0.375rem;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--surface);
        box-shadow: 0 8px 28px rgb(0 0 0 / 18%);
      }
      li button {
        display: grid;
        grid-template-columns: 3.25rem 1fr;
        align-items: baseline;
        gap: 0.5rem;
        width: 100%;
        min-height: 2.5rem;
        padding: 0.375rem 0.625rem;
        border: 0;
        border-radius: calc(var(--radius) - 2px);
        background: none;
        text-align: left;
        align-content: center;
      }
      li button:hover {
        background: var(--hover);
      }
      b {
        font-weight: 500;
      }
    `,
  ];
}
