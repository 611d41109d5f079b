import { css, html, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { m } from "../paraglide/messages.js";
import type { Shown } from "../state/avatars";
import type { Preview } from "../state/body";
import type { Observable } from "../state/observable";
import type { Studio } from "../state/studio";
import { AtelierElement } from "../ui/element";
import { icons } from "../ui/icons";
import { controls } from "../ui/styles";
import { readAvatar } from "./avatar-model";
import type { Side } from "./orbit";
import { PreviewMesh } from "./preview-body";
import { Stage } from "./stage";
import { tapeLine } from "./tape";

const KEY_TURN = Math.PI / 12;
const KEY_ZOOM = 1.15;

/** The studio's window: the live preview, or the avatar that was made from it. */
@customElement("atelier-viewer")
export class ViewerElement extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;
  /** What is to be seen, for styles and tests. */
  @property({ reflect: true }) shows: "nothing" | "preview" | "avatar" = "nothing";
  @state() private webgl = true;
  /** An avatar's file has come, and is being read. */
  @state() private reading = false;
  /** The avatar on show is no GLB that this page can draw. */
  @state() private unreadable = false;
  @query("canvas") private readonly canvas!: HTMLCanvasElement;

  #stage: Stage | null = null;
  #mesh: PreviewMesh | null = null;
  #preview: Preview | null = null;
  #shown: Shown | null = null;
  #tape: string | null = null;
  readonly #size = new ResizeObserver(() => this.#stage?.resize(this.clientWidth, this.clientHeight));

  protected override watched(): readonly Observable[] {
    const { body, wardrobe, avatars, tape, language } = this.studio;
    return [body, wardrobe, avatars, tape, language];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#size.disconnect();
    this.#stage?.dispose();
    this.#stage = null;
  }

  protected override firstUpdated(): void {
    try {
      this.#stage = new Stage(this.canvas);
      this.#size.observe(this);
    } catch {
      // The one thing that fails here is the graphics context; the rest of the page works without it.
      this.webgl = false;
    }
  }

  protected override willUpdate(changes: PropertyValues): void {
    super.willUpdate(changes);
    const { body, avatars } = this.studio;
    this.ariaBusy = String(this.reading || body.isFollowing || avatars.isFollowing);
  }

  protected override updated(changes: PropertyValues): void {
    super.updated(changes);
    if (!this.#stage) return;
    const current = this.studio.avatars.current;
    if (current) void this.#showAvatar(this.#stage, current);
    else this.#showPreview(this.#stage);
    this.#showTape(this.#stage, current);
  }

  #showPreview(stage: Stage): void {
    const { preview } = this.studio.body;
    this.#shown = null;
    this.reading = false;
    if (!preview) return;
    this.#mesh ??= new PreviewMesh(preview.topology);
    this.#mesh.paint(this.studio.wardrobe.skinColor);
    if (preview !== this.#preview) this.#mesh.follow(preview.body);
    this.#preview = preview;
    stage.show(this.#mesh, false);
    stage.frameSubject();
    stage.invalidate();
    this.shows = "preview";
  }

  async #showAvatar(stage: Stage, shown: Shown): Promise<void> {
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.reading = true;
    const model = await readAvatar(shown.glb).catch(() => null);
    // A newer avatar, or a move of a slider, may have come while this one was read.
    if (shown !== this.#shown) return;
    this.reading = false;
    this.unreadable = model === null;
    if (!model) return;
    stage.show(model, this.shows === "preview");
    stage.frameSubject();
    this.shows = "avatar";
  }

  #showTape(stage: Stage, shown: Shown | null): void {
    // Tapes lie on the body that was measured, which stands in the A pose.
    const name = shown && !shown.avatar.recipe.pose ? this.studio.tape.name : null;
    if (name === this.#tape) return;
    this.#tape = name;
    const receipt = shown?.avatar.receipt;
    const line = [...(receipt?.measurements ?? []), ...(receipt?.beside ?? [])].find((one) => one.name === name);
    stage.overlay(line ? tapeLine(line.tape) : null);
  }

  #onKey(event: KeyboardEvent): void {
    const moves: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => this.#stage?.orbit.turn(-KEY_TURN),
      ArrowRight: () => this.#stage?.orbit.turn(KEY_TURN),
      "+": () => this.#stage?.orbit.zoom(1 / KEY_ZOOM),
      "-": () => this.#stage?.orbit.zoom(KEY_ZOOM),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  }

  protected override render(): TemplateResult {
    return html`
      <canvas tabindex="0" role="img" aria-label=${m.viewer_label()} @keydown=${this.#onKey}></canvas>
      ${this.#state()}
      <div class="views" role="group" aria-label=${m.viewer_views()}>
        ${this.#view("front", m.view_front())} ${this.#view("side", m.view_side())} ${this.#view("back", m.view_back())}
        <button class="icon-button" title=${m.view_nearer()} aria-label=${m.view_nearer()}
          @click=${() => this.#stage?.orbit.zoom(1 / KEY_ZOOM)}>${icons.nearer}</button>
        <button class="icon-button" title=${m.view_farther()} aria-label=${m.view_farther()}
          @click=${() => this.#stage?.orbit.zoom(KEY_ZOOM)}>${icons.farther}</button>
      </div>
    `;
  }

  #view(side: Side, label: string): TemplateResult {
    return html`<button class="view" @click=${() => this.#stage?.orbit.look(side)}>${label}</button>`;
  }

  #state(): TemplateResult {
    if (!this.webgl) return html`<p class="notice" role="alert">${m.viewer_no_webgl()}</p>`;
    const avatar = this.studio.avatars.current;
    if (avatar && this.unreadable) return html`<p class="notice" role="alert">${m.viewer_unreadable()}</p>`;
    return html`<p class="state ${avatar ? "made" : ""}" role="status">
      <i></i>${avatar ? m.viewer_avatar() : m.viewer_preview()}
    </p>`;
  }

  static override readonly styles = [
    controls,
    css`
      :host {
        position: relative;
        overflow: hidden;
        background: radial-gradient(120% 90% at 50% 38%, var(--studio-light), var(--studio-shade));
      }
      canvas {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        touch-action: none;
        cursor: grab;
      }
      canvas:active {
        cursor: grabbing;
      }
      canvas:focus-visible {
        outline-offset: -3px;
      }
      .state,
      .views {
        position: absolute;
        display: flex;
        align-items: center;
        border-radius: 999px;
        background: color-mix(in srgb, var(--surface) 86%, transparent);
        font-size: 0.8125rem;
      }
      .state {
        top: 1rem;
        left: 1rem;
        gap: 0.5rem;
        padding: 0.3125rem 0.75rem;
      }
      .state i {
        width: 0.5rem;
        height: 0.5rem;
        border-radius: 50%;
        border: 1.5px solid var(--accent);
      }
      .state.made i {
        background: var(--accent);
      }
      .views {
        bottom: 1rem;
        left: 50%;
        padding: 0.1875rem;
        translate: -50% 0;
      }
      .view {
        height: 2rem;
        padding: 0 0.75rem;
        border: 0;
        border-radius: 999px;
        background: none;
      }
      .view:hover {
        background: var(--hover);
      }
      .notice {
        position: absolute;
        inset: 1rem 1rem auto;
        padding: 0.625rem 0.875rem;
        border-radius: var(--radius);
        background: var(--surface);
      }
      @media (max-width: 760px) {
        .state {
          top: 0.625rem;
          left: 0.625rem;
        }
        .views {
          inset: auto 0.625rem 0.625rem auto;
          flex-direction: column;
          border-radius: 14px;
          translate: none;
        }
        .view {
          padding: 0 0.5rem;
        }
      }
    `,
  ];
}
