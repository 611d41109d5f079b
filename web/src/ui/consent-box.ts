import { css, html, nothing, type TemplateResult } from "lit";
import { m } from "../paraglide/messages.js";
import type { FaceConsent } from "../state/face-consent";
import { addressOf } from "../state/place";

/** The yes to the policy on photos of faces; `words` say what for, with the policy's version. */
export function consentBox(consent: FaceConsent, words: (policy: { version: string }) => string): TemplateResult | typeof nothing {
  const { policy, agreed } = consent;
  if (policy === null) return nothing;
  return html`<div class="consent small">
    <label class="tick"><input type="checkbox" .checked=${agreed} @change=${(event: Event) => {
      consent.agree((event.target as HTMLInputElement).checked);
    }} /> <span>${words({ version: policy.version })}</span></label>
    <a href=${addressOf("privacy")}>${m.face_consent_link()}</a>
  </div>`;
}

/** A box to tick, and the words beside it. */
export const ticks = css`
  .tick {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 0.5rem;
    align-items: start;
  }
`;
