import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Studio } from "../state/studio";
import { AtelierElement } from "../ui/element";
import { squarePlace } from "../ui/place";
import { Sight } from "../ui/sight";

/** A pose's picture, waited for while it is in sight. Its place stays, whether it is on its way, there, or cannot be had. */
@customElement("pose-picture")
export class PosePicture extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;
  @property() src = "";
  @state() private url: string | null = null;
  #waiting = new AbortController();

  constructor() {
    super();
    new Sight(
      this,
      () => void this.#wait(),
      () => {
        this.#waiting.abort();
      },
    );
  }

  protected override watched(): readonly Observable[] {
    return [this.studio.posePictures, this.studio.language];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.url !== null) URL.revokeObjectURL(this.url);
    this.url = null;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.url !== null) return html`<img src=${this.url} alt="" width="256" height="256" />`;
    return this.studio.posePictures.isLate(this.#waiting.signal) ? html`<span>${m.pose_late()}</span>` : nothing;
  }

  async #wait(): Promise<void> {
    if (this.url !== null) return;
    this.#waiting = new AbortController();
    const picture = await this.studio.posePictures.get(this.src, this.#waiting.signal);
    if (picture !== null) this.#show(picture);
  }

  /** It may come twice: to who left and came back meanwhile. */
  #show(picture: Blob): void {
    if (this.url === null && this.isConnected) this.url = URL.createObjectURL(picture);
  }

  static override readonly styles = [
    squarePlace,
    css`
      :host {
        display: grid;
        place-items: center;
      }
      span {
        padding: 0.25rem;
        color: var(--muted);
        font-size: 0.75rem;
      }
    `,
  ];
}
