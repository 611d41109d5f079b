import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { CustomBackground } from "../api/schema";
import type { Studio } from "../state/studio";
import { squarePlace } from "../ui/place";
import { Sight } from "../ui/sight";

/** One of the person's own pictures, fetched when it comes into sight; it has no name where one stands beside it. */
@customElement("own-background-picture")
export class OwnBackgroundPicture extends LitElement {
  @property({ attribute: false }) studio!: Studio;
  @property({ attribute: false }) background!: CustomBackground;
  @state() private url: string | null = null;
  readonly #sight = new Sight(this, () => void this.#fetch());

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.#sight.isSeen) void this.#fetch();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.url !== null) URL.revokeObjectURL(this.url);
    this.url = null;
  }

  protected override render(): TemplateResult | typeof nothing {
    return this.url === null ? nothing : html`<img src=${this.url} alt="" />`;
  }

  /** A picture that does not come leaves its place empty: its name is there. */
  async #fetch(): Promise<void> {
    const file = await this.studio.ownBackgrounds.picture(this.background).catch(() => null);
    if (file !== null && this.isConnected && this.url === null) this.url = URL.createObjectURL(file);
  }

  static override readonly styles = squarePlace;
}
