import { html, nothing, type TemplateResult } from "lit";
import { m } from "../paraglide/messages.js";
import type { FaceConsent } from "../state/face-consent";
import { addressOf } from "../state/place";
import { tick } from "./tick";

/** The yes to the policy on photos of faces; `words` say what for, with the policy's version. */
export function consentBox(consent: FaceConsent, words: (policy: { version: string }) => string): TemplateResult | typeof nothing {
  const { policy, agreed } = consent;
  if (policy === null) return nothing;
  return html`<div class="consent small">
    ${tick(words({ version: policy.version }), agreed, (yes) => {
      consent.agree(yes);
    })}
    <a href=${addressOf("privacy")}>${m.face_consent_link()}</a>
  </div>`;
}
