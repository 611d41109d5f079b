import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { fault, progress } from "../account/parts";
import { SLOTS, type Slot } from "../api/faces";
import { m } from "../paraglide/messages.js";
import { JobFailed } from "../state/faces";
import type { Observable } from "../state/observable";
import type { Studio } from "../state/studio";
import { AtelierElement } from "../ui/element";
import { controls } from "../ui/styles";
import "./face-facts";

const ACCEPTED = "image/jpeg,image/png,image/webp";

/** Three photos, the consent, and the avatar with their face. Fires `made` when it stands. */
@customElement("face-panel")
export class FacePanel extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;

  protected override watched(): readonly Observable[] {
    return [this.studio.faces, this.studio.avatars, this.studio.language];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.studio.faces.load();
  }

  protected override render(): TemplateResult {
    const { faces, avatars } = this.studio;
    const { busy, failure } = faces.making;
    return html`
      <h2>${m.face_title()}</h2>
      <p class="small muted">${m.face_lead()}</p>
      <div class="slots">${SLOTS.map((slot) => this.#slot(slot))}</div>
      ${this.#consent()}
      ${failure instanceof JobFailed ? html`<p class="fault" role="alert">${failure.message}</p>` : fault(failure)}
      <button class="button primary" ?disabled=${busy || avatars.busy || !faces.agreed || faces.photos === null}
        @click=${this.#make}>${m.face_make()}</button>
      ${progress(busy, this.#doing())}
      ${faces.worn ? html`<face-facts .studio=${this.studio} .face=${faces.worn}></face-facts>` : nothing}
    `;
  }

  #slot(slot: Slot): TemplateResult {
    const choice = this.studio.faces.choice(slot);
    const title = m[`face_slot_${slot}`]();
    return html`<div class="slot" id=${slot}>
      <h3>${title}</h3>
      ${choice
        ? html`<img src=${choice.url} alt=${title} />`
        : html`<div class="empty small muted">${m[`face_hint_${slot}`]()}</div>`}
      ${choice?.fault ? html`<p class="fault small" role="alert">${choice.fault}</p>` : nothing}
      ${this.#input(slot, m.face_choose(), m.face_choose_named({ slot: title }), null)}
      ${this.#input(slot, m.face_camera(), m.face_camera_named({ slot: title }), "user")}
    </div>`;
  }

  /** A phone that is asked to capture opens its camera; everything else opens its files. */
  #input(slot: Slot, text: string, label: string, capture: string | null): TemplateResult {
    return html`<label class="button small-button ${capture ? "camera" : ""}">${text}
      <input class="visually-hidden" type="file" accept=${ACCEPTED} aria-label=${label} capture=${capture ?? nothing}
        @change=${(event: Event) => {
          this.#choose(slot, event.target as HTMLInputElement);
        }} />
    </label>`;
  }

  #consent(): TemplateResult | typeof nothing {
    const { policy, agreed } = this.studio.faces;
    if (policy === null) return nothing;
    return html`<div class="consent small">
      <label><input type="checkbox" .checked=${agreed} @change=${(event: Event) => {
        this.studio.faces.agree((event.target as HTMLInputElement).checked);
      }} /> <span>${m.face_consent({ version: policy.version })}</span></label>
      <a href="#account/privacy">${m.face_consent_link()}</a>
    </div>`;
  }

  #doing(): string {
    const { job } = this.studio.faces;
    return job ? m.face_working({ percent: job.progressPercent }) : m.face_sending();
  }

  #choose(slot: Slot, input: HTMLInputElement): void {
    const file = input.files?.[0];
    // So that the same file, changed, can be chosen again.
    input.value = "";
    if (file) void this.studio.faces.choose(slot, file);
  }

  async #make(): Promise<void> {
    if (await this.studio.faces.make()) this.dispatchEvent(new CustomEvent("made"));
  }

  static override readonly styles = [
    controls,
    css`
      :host {
        display: grid;
        gap: 1rem;
        align-content: start;
        padding: 1.25rem;
      }
      .slots {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(6.5rem, 1fr));
        gap: 0.75rem;
      }
      .slot {
        display: grid;
        gap: 0.5rem;
        align-content: start;
        min-width: 0;
      }
      .slot h3 {
        font-size: 0.875rem;
      }
      img,
      .empty {
        width: 100%;
        aspect-ratio: 3 / 4;
        border-radius: var(--radius);
        object-fit: cover;
      }
      .empty {
        display: grid;
        place-items: center;
        box-sizing: border-box;
        padding: 0.5rem;
        border: 1px dashed var(--line-strong);
        text-align: center;
      }
      label.button {
        min-height: 2.25rem;
        text-align: center;
        cursor: pointer;
      }
      label.button:focus-within {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
      @media (hover: hover) {
        .camera {
          display: none;
        }
      }
      .consent label {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 0.5rem;
        align-items: start;
      }
      .button.primary {
        min-height: 2.75rem;
      }
    `,
  ];
}
