import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { ENDS } from "../api/jobs";
import type { Generation } from "../api/schema";
import { explain } from "../i18n/explain";
import type { Studio } from "../state/studio";
import { board } from "../ui/board";
import { Sight } from "../ui/sight";
import "./pose-picture";

const OWN = /^[0-9a-f]{8}-/;

/** A picture in a pose, fetched when it comes into sight; until it is drawn, the pose of the library holds its place. */
@customElement("generation-picture")
export class GenerationPicture extends LitElement {
  @property({ attribute: false }) studio!: Studio;
  @property({ attribute: false }) generation!: Generation;
  @property() alt = "";
  @state() private url: string | null = null;
  @state() private failure: unknown = null;
  /** The picture that `url` shows, or that is on its way. */
  #of: string | null = null;
  readonly #sight = new Sight(this, () => void this.#fetch());

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#forget();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#fetch();
  }

  protected override updated(): void {
    void this.#fetch();
  }

  protected override render(): TemplateResult {
    return html`<div class="board ${this.url === null ? "waiting" : ""}">${this.#shown()}</div>`;
  }

  #shown(): TemplateResult | typeof nothing {
    const { poseId, state } = this.generation;
    if (this.url !== null) return html`<img src=${this.url} alt=${this.alt} />`;
    if (this.failure !== null) return html`<span>${explain(this.failure)}</span>`;
    if (OWN.test(poseId) || state === "completed") return nothing;
    const picture = html`<pose-picture .studio=${this.studio} .src=${`/v1/catalog/poses/${poseId}.webp`}></pose-picture>`;
    return html`<div class="pale ${ENDS.includes(state) ? "ended" : ""}">${picture}</div>`;
  }

  async #fetch(): Promise<void> {
    const { id, links } = this.generation;
    if (links.picture === null || !this.#sight.isSeen || !this.isConnected || this.#of === links.picture) return;
    this.#forget();
    this.#of = links.picture;
    try {
      const file = await this.studio.generations.picture(id, links.picture);
      if (this.#of === links.picture) this.url = URL.createObjectURL(file);
    } catch (failure) {
      this.failure = failure;
    }
  }

  #forget(): void {
    if (this.url !== null) URL.revokeObjectURL(this.url);
    this.url = null;
    this.failure = null;
    this.#of = null;
  }

  static override readonly styles = [
    board,
    css`
      :host {
        display: block;
      }
      .waiting {
        background: var(--hover);
      }
      .pale {
        width: 100%;
        opacity: 0.55;
      }
      .ended {
        filter: grayscale(1);
      }
    `,
  ];
}
