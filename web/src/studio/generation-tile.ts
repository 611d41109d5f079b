import { css, html, type TemplateResult } from "lit";
import { meter, standing } from "../account/parts";
import { ENDS } from "../api/jobs";
import type { Generation } from "../api/schema";
import { dateTime } from "../i18n/format";
import type { Studio } from "../state/studio";
import "./generation-picture";

/** What a picture in a pose is called: its pose, or its moment where that has no name any more. */
export function nameOf({ poseNames, language }: Studio, { poseId, createdAt }: Generation): string {
  const name = poseNames.of(poseId);
  return name ? language.of(name) : dateTime(createdAt);
}

/** One of many pictures, as an item of a list. */
export function generationTile(studio: Studio, generation: Generation, open: () => void): TemplateResult {
  const { state, createdAt, progressPercent } = generation;
  const name = nameOf(studio, generation);
  return html`<li>
    <button class="tile" id="open-${generation.id}" @click=${open}>
      <generation-picture .studio=${studio} .generation=${generation}></generation-picture>
      <span class="name small">${name}</span>
      ${ENDS.includes(state) ? html`<span class="muted when">${dateTime(createdAt)}</span>` : meter(progressPercent)}
      ${state === "completed" ? "" : html`<span>${standing(state)}</span>`}
    </button>
  </li>`;
}

export const generationGrid = css`
  .tiles {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr));
    gap: 0.75rem;
  }
  .tile {
    display: grid;
    gap: 0.25rem;
    align-content: start;
    width: 100%;
    height: 100%;
    padding: 0 0 0.5rem;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    text-align: left;
    overflow: hidden;
  }
  .tile:hover {
    border-color: var(--line-strong);
  }
  .tile > :not(generation-picture) {
    margin: 0 0.5rem;
  }
  .when {
    font-size: 0.75rem;
  }
`;
