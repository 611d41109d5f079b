import { css, html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { fault } from "../account/parts";
import type { Face } from "../api/schema";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Studio } from "../state/studio";
import "../ui/confirm-button";
import { AtelierElement } from "../ui/element";
import { controls } from "../ui/styles";

type Traits = Face["features"]["expressions"];

const TRAITS = ["smile", "frown", "raisedEyebrows", "squint", "glasses", "earrings", "hat"] as const;

/** What was found in the photos of the face on show, and the way to be rid of it. */
@customElement("face-facts")
export class FaceFacts extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;
  @property({ attribute: false }) face!: Face;

  protected override watched(): readonly Observable[] {
    return [this.studio.faces.removing, this.studio.language];
  }

  protected override render(): TemplateResult {
    const { features } = this.face;
    const { removing } = this.studio.faces;
    return html`
      <h3>${m.face_found()}</h3>
      <dl>
        ${row(m.face_shape(), html`${features.faceShape ? m[`face_shape_${features.faceShape}`]() : m.face_unknown()}`)}
        ${row(m.face_expressions(), traits(features.expressions))}
        ${row(m.face_accessories(), traits(features.accessories))}
        ${row(
          m.face_skin(),
          html`${colour(features.skin)} ${features.monkTone ? m.face_monk({ tone: features.monkTone }) : ""}`,
        )}
        ${row(m.face_eyes(), colour(features.eyes))}
      </dl>
      ${fault(removing.failure)}
      <confirm-button label=${m.face_delete()} question=${m.face_delete_sure()} ?disabled=${removing.busy}
        @confirmed=${() => this.studio.faces.remove()}></confirm-button>
    `;
  }

  static override readonly styles = [
    controls,
    css`
      :host {
        display: grid;
        gap: 0.75rem;
        padding-top: 1rem;
        border-top: 1px solid var(--line);
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 0.375rem 1rem;
        margin: 0;
        font-size: 0.875rem;
      }
      dt {
        color: var(--muted);
      }
      dd {
        margin: 0;
      }
      i {
        display: inline-block;
        width: 1rem;
        height: 1rem;
        border: 1px solid var(--line-strong);
        border-radius: 50%;
        vertical-align: -0.125rem;
      }
    `,
  ];
}

function row(title: string, said: TemplateResult): TemplateResult {
  return html`<dt>${title}</dt><dd>${said}</dd>`;
}

/** What is there; then what cannot be told. */
function traits(found: Traits): TemplateResult {
  const known = TRAITS.filter((name) => name in found);
  const there = known.filter((name) => found[name]?.present).map((name) => m[`face_trait_${name}`]());
  const unknown = known
    .filter((name) => found[name]?.present === null)
    .map((name) => `${m[`face_trait_${name}`]()}: ${m.face_unknown()}`);
  return html`${[...there, ...unknown].join(", ") || m.face_none()}`;
}

function colour(found: { readonly hex: string } | null): TemplateResult {
  return found ? html`<i style="background:${found.hex}"></i> <code>${found.hex}</code>` : html`${m.face_unknown()}`;
}
