import { css, html, nothing, type TemplateResult } from "lit";
import { m } from "../paraglide/messages.js";
import type { Photo } from "../state/photo-check";

const ACCEPTED = "image/jpeg,image/png,image/webp";

export interface PhotoField {
  /** One of its kind in the element. */
  readonly id: string;
  readonly title: string;
  /** Stands in the photo's place until there is one. */
  readonly hint: string;
  readonly photo: Photo | null | undefined;
  readonly choose: (file: File) => void;
}

/** A photo, from a file or a camera, and what is wrong with it. */
export function photoField({ id, title, hint, photo, choose }: PhotoField): TemplateResult {
  return html`<div class="slot" id=${id}>
    <h3>${title}</h3>
    ${photo ? html`<img src=${photo.url} alt=${title} />` : html`<div class="empty small muted">${hint}</div>`}
    ${photo?.fault ? html`<p class="fault small" role="alert">${photo.fault}</p>` : nothing}
    ${input(choose, m.face_choose(), m.face_choose_named({ slot: title }), null)}
    ${input(choose, m.face_camera(), m.face_camera_named({ slot: title }), "user")}
  </div>`;
}

/** A phone that is asked to capture opens its camera; everything else opens its files. */
function input(choose: (file: File) => void, text: string, label: string, capture: string | null): TemplateResult {
  return html`<label class="button small-button ${capture ? "camera" : ""}">${text}
    <input class="visually-hidden" type="file" accept=${ACCEPTED} aria-label=${label} capture=${capture ?? nothing}
      @change=${(event: Event) => {
        const field = event.target as HTMLInputElement;
        const file = field.files?.[0];
        // So that the same file, changed, can be chosen again.
        field.value = "";
        if (file) choose(file);
      }} />
  </label>`;
}

export const photoFields = css`
  .slot {
    display: grid;
    gap: 0.5rem;
    align-content: start;
    min-width: 0;
  }
  .slot img,
  .slot .empty {
    width: 100%;
    aspect-ratio: 3 / 4;
    border-radius: var(--radius);
    object-fit: cover;
  }
  .slot .empty {
    display: grid;
    place-items: center;
    padding: 0.5rem;
    border: 1px dashed var(--line-strong);
    text-align: center;
  }
  .slot label.button {
    min-height: 2.25rem;
    padding: 0 0.375rem;
    text-align: center;
    cursor: pointer;
  }
  .slot label.button:focus-within {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  @media (hover: hover) {
    .slot .camera {
      display: none;
    }
  }
`;
