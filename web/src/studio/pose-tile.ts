import { css, html, type TemplateResult } from "lit";

export interface PoseTile {
  readonly name: string;
  /** Address of its picture. */
  readonly picture: string;
  readonly isChosen: boolean;
  readonly pick: () => void;
}

/** Its place stays, whether the picture is on its way, there, or cannot be had. */
function missing(event: Event): void {
  (event.target as HTMLElement).classList.add("missing");
}

function arrived(event: Event): void {
  (event.target as HTMLElement).classList.remove("missing");
}

/** A pose to choose, as an item of a list. */
export function poseTile({ name, picture, isChosen, pick }: PoseTile): TemplateResult {
  return html`<li>
    <button class="pose" aria-pressed=${isChosen ? "true" : "false"} title=${name} @click=${pick}>
      <span class="frame">
        <img src=${picture} alt="" width="256" height="256" loading="lazy" decoding="async" @error=${missing} @load=${arrived} />
      </span>
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
  .frame {
    display: block;
    aspect-ratio: 1;
    background: var(--hover);
  }
  .waiting .frame {
    border-radius: var(--radius);
  }
  .frame img {
    display: block;
    width: 100%;
    height: 100%;
    object-fit: cover;
  }
  .frame img.missing {
    visibility: hidden;
  }
  .name {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    line-clamp: 2;
    height: 2.25rem;
    padding: 0 0.375rem;
    overflow: hidden;
    line-height: 1.125rem;
  }
`;
