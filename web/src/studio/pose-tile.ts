import { css, html, type TemplateResult } from "lit";
import "./pose-picture";

export interface PoseTile {
  readonly name: string;
  /** Address of its picture. */
  readonly picture: string;
  readonly isChosen: boolean;
  readonly pick: () => void;
}

/** A pose to choose, as an item of a list. It shows how the body stands; what arms and head do is on the picture. */
export function poseTile({ name, picture, isChosen, pick }: PoseTile): TemplateResult {
  return html`<li>
    <button class="pose" aria-pressed=${isChosen ? "true" : "false"} aria-label=${name} title=${name} @click=${pick}>
      <pose-picture .src=${picture}></pose-picture>
      <span class="name">${stanceOf(name)}</span>
    </button>
  </li>`;
}

/** The catalogue's names begin with the stance, before the first comma: whole ones have 100 letters, and would not be read. */
export function stanceOf(name: string): string {
  return name.split(", ", 1)[0] ?? name;
}

export const poseGrid = css`
  .poses {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(6.25rem, 1fr));
    gap: 0.625rem;
  }
  .pose {
    display: grid;
    grid-template-rows: auto 1fr;
    gap: 0.375rem;
    width: 100%;
    height: 100%;
    padding: 0 0 0.375rem;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    overflow: hidden;
  }
  .pose:hover {
    border-color: var(--line-strong);
  }
  .pose[aria-pressed="true"] {
    border-color: var(--accent);
    box-shadow: 0 0 0 1px var(--accent);
  }
  .waiting {
    aspect-ratio: 1;
    border-radius: var(--radius);
    background: var(--hover);
  }
  .name {
    padding: 0 0.25rem;
    font-size: 0.75rem;
    line-height: 1rem;
    overflow-wrap: break-word;
  }
`;
