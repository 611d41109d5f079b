import { html, nothing, type TemplateResult } from "lit";
import { fault } from "../account/parts";
import { m } from "../paraglide/messages.js";
import type { FaceConsent } from "../state/face-consent";
import { addressOf } from "../state/place";
import { tick } from "./tick";

/** The yes to the policy on photos of faces; `words` say what for, with the policy's version. */
export function consentBox(consent: FaceConsent, words: (policy: { version: string }) => string): TemplateResult | typeof nothing {
  const { policy, agreed } = consent;
  if (policy === null) return unread(consent);
  return html`<div class="consent small">
    ${tick(words({ version: policy.version }), agreed, (yes) => {
      consent.agree(yes);
    })}
    <a href=${addressOf("privacy")}>${m.face_consent_link()}</a>
  </div>`;
}

/** Without the policy nothing can be sent: the page says so, and asks for it again. */
function unread(consent: FaceConsent): TemplateResult | typeof nothing {
  const { failure } = consent.reading;
  if (failure === null) return nothing;
  return html`<div class="consent">${fault(failure)}
    <button class="button small-button" @click=${() => consent.load()}>${m.common_again()}</button>
  </div>`;
}
