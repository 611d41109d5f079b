import { afterEach, describe, expect, it } from "vitest";
import { Language } from "../src/i18n/locale";
import { Account } from "../src/state/account";
import { AccountForm } from "../src/welcome/account-form";
import { json, MemoryStorage, Platform, problem } from "./platform";

afterEach(() => {
  document.body.replaceChildren();
});

describe("signing up", () => {
  it("with an address that is taken leads to the log-in, and says why", async () => {
    const platform = new Platform();
    platform.on("POST /v1/auth/signup", () => json({ id: "nobody" }, 201));
    platform.on("POST /v1/auth/login", () => problem(401, "invalid_credentials", "They do not match."));
    const form = new AccountForm();
    const account = new Account(platform.api, platform.client, platform.tokens);
    Object.assign(form, { account, language: new Language(new MemoryStorage(), ["en"]) });
    document.body.append(form);
    await form.updateComplete;
    const find = (selector: string): HTMLElement | null => form.renderRoot.querySelector(selector);
    for (const name of ["#email", "#password"]) (find(name) as HTMLInputElement).value = "eve@example.org";
    find("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
    await expect.poll(() => find("[role=status]")?.textContent).toContain("written to that address");
    expect(find("h2")?.textContent).toBe("Welcome back");
    expect(find("[role=alert]")).toBeNull();
    // From here on it is a log-in like any other.
    find("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
    await expect.poll(() => find("[role=alert]")?.textContent).toBe("They do not match.");
  });
});
