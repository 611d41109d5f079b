import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { squarePlace } from "../ui/place";
import { Sight } from "../ui/sight";
import { Turns } from "../ui/turns";

/** A picture that nobody has asked for yet is drawn first: more at once would leave no room for the avatar itself. */
const turns = new Turns(2);
/** A platform that is busy with others has it a little later. */
const PAUSES_MS: readonly number[] = [0, 4_000, 8_000, 16_000, 32_000];

/** A pose's picture, fetched when it comes into sight. Its place stays, whether it is on its way, there, or cannot be had. */
@customElement("pose-picture")
export class PosePicture extends LitElement {
  @property() src = "";
  @state() private isThere = false;

  constructor() {
    super();
    new Sight(this, () => void this.#fetch());
  }

  protected override render(): TemplateResult | typeof nothing {
    return this.isThere ? html`<img src=${this.src} alt="" width="256" height="256" />` : nothing;
  }

  async #fetch(): Promise<void> {
    for (const pause of PAUSES_MS) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      if (this.isThere || !this.isConnected) return;
      this.isThere = await turns.take(() => this.#arrives());
    }
  }

  async #arrives(): Promise<boolean> {
    if (!this.isConnected) return false;
    const image = new Image();
    image.src = this.src;
    return image.decode().then(
      () => true,
      () => false,
    );
  }

  static override readonly styles = squarePlace;
}
