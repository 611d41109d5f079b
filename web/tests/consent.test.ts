import { html, render } from "lit";
import { describe, expect, it } from "vitest";
import { FaceCalls } from "../src/api/faces";
import { FaceConsent } from "../src/state/face-consent";
import { consentBox } from "../src/ui/consent-box";
import { listed, Platform, problem } from "./platform";

const POLICIES = "GET /v1/consents/policies";

describe("the consent to photos of faces", () => {
  it("says that its policy could not be read, and reads it when it is asked again", async () => {
    const platform = new Platform();
    const consent = new FaceConsent(new FaceCalls(platform.client));
    const draw = (): void => {
      render(html`${consentBox(consent, ({ version }) => `I agree to ${version}`)}`, document.body);
    };
    platform.on(POLICIES, () => problem(503, "overloaded", "Later."));
    await consent.load();
    draw();
    expect(document.querySelector("[role=alert]")?.textContent).toContain("Later.");
    consent.agree(true);
    expect(consent.given).toBeNull();

    platform.on(POLICIES, () => listed([{ purpose: "face_photos", version: "2026-01" }]));
    document.querySelector("button")?.click();
    await expect.poll(() => consent.policy).not.toBeNull();
    draw();
    expect(document.querySelector("[role=alert]")).toBeNull();
    expect(document.querySelector("label")?.textContent).toContain("I agree to 2026-01");
    await consent.load();
    expect(platform.calls(POLICIES)).toHaveLength(2);
  });
});
