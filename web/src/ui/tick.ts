import { css, html, type TemplateResult } from "lit";

/** A box to tick, and the words beside it. */
export function tick(words: string, isTicked: boolean, choose: (yes: boolean) => void): TemplateResult {
  return html`<label class="tick"><input type="checkbox" .checked=${isTicked} @change=${(event: Event) => {
    choose((event.target as HTMLInputElement).checked);
  }} /> <span>${words}</span></label>`;
}

export const ticks = css`
  .tick {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 0.5rem;
    align-items: start;
  }
  .consent {
    display: grid;
    gap: 0.25rem;
    justify-items: start;
  }
  /* Below the words, not the box. */
  .consent a {
    margin-left: 1.75rem;
    color: var(--accent);
  }
`;
