import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { explain } from "../i18n/explain";
import { m } from "../paraglide/messages.js";
import type { Shown } from "../state/avatars";
import type { Observable } from "../state/observable";
import type { Studio } from "../state/studio";
import { AtelierElement } from "../ui/element";
import { icons } from "../ui/icons";
import { marks } from "../ui/marks";
import { controls } from "../ui/styles";
import "./file-menu";

/** Makes the avatar, says how far it is, and hands out the files. Fires `made` when a new avatar stands. */
@customElement("make-bar")
export class MakeBar extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;
  #file: { readonly of: Shown; readonly url: string } | null = null;

  protected override watched(): readonly Observable[] {
    return [this.studio.avatars, this.studio.downloads, this.studio.body, this.studio.language];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#forgetFile();
  }

  protected override render(): TemplateResult {
    const { avatars, downloads } = this.studio;
    const { current, busy } = avatars;
    const progress = this.#progress();
    const failure = avatars.failure ?? downloads.failure;
    return html`
      <p class="progress small" role="status">${progress ? html`<i class="spinner"></i>${progress}` : nothing}</p>
      ${failure ? html`<p class="fault" role="alert">${explain(failure)}</p>` : nothing}
      ${current
        ? this.#download(current)
        : html`<button class="button primary" ?disabled=${busy} @click=${this.#make}>${m.make_avatar()}</button>`}
    `;
  }

  /** What is going on, if anything. */
  #progress(): string | null {
    const { avatars, downloads } = this.studio;
    if (avatars.busy) return m[`phase_${avatars.phase}`]();
    return downloads.fetching && m.format_fetching({ format: downloads.fetching.toUpperCase() });
  }

  #download(shown: Shown): TemplateResult {
    return html`<div class="files">
      <a class="button primary" href=${this.#urlOf(shown)} download="atelier-${shown.avatar.id}.glb">
        ${icons.download}${m.make_download()}
      </a>
      <file-menu .studio=${this.studio} .avatar=${shown.avatar}></file-menu>
    </div>`;
  }

  #urlOf(shown: Shown): string {
    if (this.#file?.of !== shown) {
      this.#forgetFile();
      const blob = new Blob([shown.glb], { type: "model/gltf-binary" });
      this.#file = { of: shown, url: URL.createObjectURL(blob) };
    }
    return this.#file.url;
  }

  #forgetFile(): void {
    if (this.#file) URL.revokeObjectURL(this.#file.url);
    this.#file = null;
  }

  async #make(): Promise<void> {
    await this.studio.avatars.make();
    if (this.studio.avatars.current) this.dispatchEvent(new CustomEvent("made"));
  }

  static override readonly styles = [
    controls,
    marks,
    css`
      :host {
        display: grid;
        gap: 0.5rem;
        padding: 0.75rem 1.25rem calc(0.75rem + env(safe-area-inset-bottom));
        border-top: 1px solid var(--line);
        background: var(--surface);
      }
      .button {
        min-height: 2.75rem;
      }
      .files {
        position: relative;
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0.5rem;
      }
    `,
  ];
}
