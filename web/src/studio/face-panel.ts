import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { fault, progress } from "../account/parts";
import { SLOTS } from "../api/faces";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Studio } from "../state/studio";
import { consentBox } from "../ui/consent-box";
import { AtelierElement } from "../ui/element";
import { marks } from "../ui/marks";
import { photoField, photoFields } from "../ui/photo-field";
import { controls } from "../ui/styles";
import { ticks } from "../ui/tick";
import "./face-facts";

/** Three photos, the consent, and the avatar with their face. Fires `made` when it stands. */
@customElement("face-panel")
export class FacePanel extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;

  protected override watched(): readonly Observable[] {
    return [this.studio.faces, this.studio.avatars, this.studio.language];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.studio.faces.consent.load();
  }

  protected override render(): TemplateResult {
    const { faces, avatars } = this.studio;
    const { busy, failure } = faces.making;
    return html`
      <h2>${m.face_title()}</h2>
      <p class="small muted">${m.face_lead()}</p>
      <div class="slots">${SLOTS.map((id) =>
        photoField({
          id,
          title: m[`face_slot_${id}`](),
          hint: m[`face_hint_${id}`](),
          photo: faces.choice(id),
          choose: (file) => void faces.choose(id, file),
        }),
      )}</div>
      ${consentBox(faces.consent, m.face_consent)}
      ${fault(failure)}
      <button class="button primary" ?disabled=${busy || avatars.busy || faces.consent.given === null || faces.photos === null}
        @click=${this.#make}>${m.face_make()}</button>
      ${progress(busy, this.#doing())}
      ${faces.worn ? html`<face-facts .studio=${this.studio} .face=${faces.worn}></face-facts>` : nothing}
    `;
  }

  #doing(): string {
    const { job } = this.studio.faces;
    return job ? m.face_working({ percent: job.progressPercent }) : m.face_sending();
  }

  async #make(): Promise<void> {
    if (await this.studio.faces.make()) this.dispatchEvent(new CustomEvent("made"));
  }

  static override readonly styles = [
    controls,
    marks,
    photoFields,
    ticks,
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
      .button.primary {
        min-height: 2.75rem;
      }
    `,
  ];
}
