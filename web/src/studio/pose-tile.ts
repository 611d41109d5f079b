import { css, html, type TemplateResult } from "lit";
import "./pose-picture";

export interface PoseTile {
  readonly name: string;
  /** Address of its picture. */
  readonly picture: string;
  readonly isChosen: boolean;
  readonly pick: () => void;
}

/** A pose to choose, as an item of a list. */
export function poseTile({ name, picture, isChosen, pick }: PoseTile): TemplateResult {
  return html`<li>
    <button class="pose" aria-pressed=${isChosen ? "true" : "false"} title=${name} @click=${pick}>
      <pose-picture .src=${picture}></pose-picture>
      <span class="name small">${name}</span>
    </button>
  </li>`;
}

export const poseGrid = css`
  .poses {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(6.25rem, 1fr));
    gap: 0.625rem;
  }
  .pose {
    display: grid;
    gap: 0.25rem;
    width: 100%;
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
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    line-clamp: 3;
    height: 3.375rem;
    padding: 0 0.375rem;
    overflow: hidden;
    line-height: 1.125rem;
  }
`;
