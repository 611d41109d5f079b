import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { below, fault, progress } from "../account/parts";
import type { CustomPose } from "../api/schema";
import { dateTime } from "../i18n/format";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { PoseFile } from "../state/own-poses";
import { idOf } from "../state/paged";
import type { Studio } from "../state/studio";
import "../ui/confirm-button";
import { AtelierElement } from "../ui/element";
import { textsOf } from "../ui/field";
import { marks } from "../ui/marks";
import { controls } from "../ui/styles";

const ACCEPTED = "image/jpeg,image/png,image/webp,.bvh";

/** The person's own poses, and the way to another one: from a photo or a motion. Fires `pick` with the one that was clicked. */
@customElement("own-poses")
export class OwnPosesElement extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;
  /** Ids of the poses that are chosen. */
  @property({ attribute: false }) chosen: readonly string[] = [];

  protected override watched(): readonly Observable[] {
    return [this.studio.ownPoses, this.studio.language];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.studio.ownPoses.open();
  }

  protected override render(): TemplateResult {
    const { poses, removing } = this.studio.ownPoses;
    return html`
      ${this.#form()}
      ${fault(removing.failure)}
      <ul aria-label=${m.poses_own()}>${repeat(poses.items, idOf, (pose) => this.#item(pose))}</ul>
      ${below(poses, m.own_none())}
    `;
  }

  #form(): TemplateResult {
    const { choice, reading } = this.studio.ownPoses;
    return html`<form @submit=${this.#read}>
      <p class="small muted">${m.own_lead()}</p>
      <label class="button">${m.own_choose()}
        <input class="visually-hidden" type="file" accept=${ACCEPTED} ?disabled=${reading.busy} @change=${this.#choose} />
      </label>
      ${choice ? this.#chosen(choice) : nothing}
      ${fault(reading.failure)}
      ${progress(reading.busy, m.own_reading(), this.#outcome())}
    </form>`;
  }

  #chosen({ file, isMotion, fault: wrong }: PoseFile): TemplateResult {
    if (wrong !== null) return html`<p class="fault" role="alert">${file.name}: ${wrong}</p>`;
    return html`
      <label>${m.own_name()}
        <input class="field" name="name" maxlength="80" required .value=${file.name.replace(/\.\w+$/, "")} /></label>
      ${isMotion
        ? html`<label>${m.own_frame()}
            <input class="field" name="frame" type="number" min="0" step="1" required value="0" /></label>`
        : nothing}
      <button class="button primary" ?disabled=${this.studio.ownPoses.reading.busy}>${m.own_read()}</button>`;
  }

  /** What the newest pose has, and what it lacks. */
  #outcome(): string | null {
    const { newest } = this.studio.ownPoses;
    if (newest === null) return null;
    const { clampedBones: clamped, unknownBones: unknown, name } = newest;
    const notes = [
      ...(unknown.length > 0 ? [m.own_unknown({ count: unknown.length })] : []),
      ...(clamped.length > 0 ? [m.own_clamped({ count: clamped.length })] : []),
    ];
    return [m.own_done({ name }), ...notes].join(" ");
  }

  #item(pose: CustomPose): TemplateResult {
    const { ownPoses } = this.studio;
    const isChosen = this.chosen.includes(pose.id);
    return html`<li class=${isChosen ? "chosen" : ""}>
      <button class="open" aria-pressed=${isChosen ? "true" : "false"} @click=${() => {
        this.dispatchEvent(new CustomEvent<CustomPose>("pick", { detail: pose }));
      }}>
        <span class="title">${pose.name}</span>
        <span class="small muted">${m[`own_source_${pose.source}`]()} · ${dateTime(pose.createdAt)}</span>
      </button>
      <confirm-button .label=${m.own_delete()} .name=${m.own_delete_named({ name: pose.name })} .question=${m.own_delete_sure()}
        ?disabled=${ownPoses.removing.busy} @confirmed=${() => this.#remove(pose)}></confirm-button>
    </li>`;
  }

  async #remove(pose: CustomPose): Promise<void> {
    if (await this.studio.ownPoses.remove(pose)) this.studio.photoOrders.drop(pose.id);
  }

  #choose(event: Event): void {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    // So that the same file, changed, can be chosen again.
    input.value = "";
    if (file) void this.studio.ownPoses.choose(file);
  }

  #read(event: SubmitEvent): void {
    event.preventDefault();
    const { name = "", frame = "0" } = textsOf(event.target as HTMLFormElement);
    void this.studio.ownPoses.read(name, Number(frame));
  }

  static override readonly styles = [
    controls,
    marks,
    css`
      :host,
      form,
      ul {
        display: grid;
        gap: 0.75rem;
        align-content: start;
      }
      form > label:not(.button) {
        display: grid;
        gap: 0.375rem;
        font-size: 0.875rem;
        font-weight: 500;
      }
      label.button {
        cursor: pointer;
      }
      label.button:focus-within {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.25rem;
        padding: 0 0.5rem 0 0;
        border: 1px solid var(--line);
        border-radius: var(--radius);
      }
      li.chosen {
        border-color: var(--accent);
        box-shadow: 0 0 0 1px var(--accent);
      }
      .open {
        display: grid;
        flex: 1;
        min-width: 0;
        padding: 0.625rem 0.75rem;
        border: 0;
        border-radius: var(--radius);
        background: none;
        text-align: left;
      }
      .open:hover {
        background: var(--hover);
      }
      .title {
        overflow: hidden;
        font-weight: 500;
        text-overflow: ellipsis;
      }
      confirm-button {
        padding: 0.375rem 0 0.375rem 0.5rem;
      }
    `,
  ];
}
