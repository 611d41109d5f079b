import { css, html, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { m } from "../paraglide/messages.js";
import { idOf } from "../state/paged";
import type { WantedPose } from "../state/photo-orders";
import type { Studio } from "../state/studio";
import { icons } from "../ui/icons";

/** The poses that pictures are wanted in, and the way to others. */
export function wantedPoses(studio: Studio, choose: () => void): TemplateResult {
  const { poses } = studio.photoOrders;
  return html`<div class="wanted">
    <h3 id="poses-title">${m.poses_title()}</h3>
    <ul aria-labelledby="poses-title">${repeat(poses, idOf, (pose) => wanted(studio, pose))}</ul>
    <button class="button small-button poses-button" @click=${choose}>
      ${poses.length === 0 ? m.order_choose() : m.order_choose_more()}</button>
  </div>`;
}

function wanted({ language, photoOrders }: Studio, pose: WantedPose): TemplateResult {
  const name = language.of(pose.name);
  return html`<li class="small"><span>${name}</span>
    <button class="icon-button" aria-label=${m.order_drop({ name })} title=${m.order_drop({ name })} @click=${() => {
      photoOrders.drop(pose.id);
    }}>${icons.remove}</button></li>`;
}

export const wantedList = css`
  .wanted {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.5rem;
    align-content: start;
  }
  .wanted ul:empty {
    display: none;
  }
  .wanted li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: start;
    gap: 0.25rem;
    padding: 0.25rem 0;
    border-bottom: 1px solid var(--line);
  }
`;
