import { css, html, nothing, type TemplateResult } from "lit";
import type { Studio } from "../state/studio";
import "./pose-picture";

export interface PoseTile {
  readonly studio: Studio;
  readonly name: string;
  /** A sentence that says what it looks like. */
  readonly description: string;
  /** Address of its picture. */
  readonly picture: string;
  readonly isChosen: boolean;
  readonly pick: () => void;
}

/** A pose to choose, as an item of a list. Its name says how the body stands, and after a colon what the arms do. */
export function poseTile({ studio, name, description, picture, isChosen, pick }: PoseTile): TemplateResult {
  const [stance, arms] = name.split(/\s?: /, 2);
  return html`<li>
    <button class="pose" aria-pressed=${isChosen ? "true" : "false"} aria-label=${name} title=${description} @click=${pick}>
      <pose-picture .studio=${studio} .src=${picture}></pose-picture>
      <span class="name">${stance} ${arms ? html`<span class="arms">${arms}</span>` : nothing}</span>
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
  .arms {
    display: block;
    color: var(--muted);
  }
`;
