import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AccountView } from "../src/account/account-view";
import type { Person } from "../src/api/schema";
import { Language } from "../src/i18n/locale";
import { Account } from "../src/state/account";
import { Office } from "../src/state/office";
import type { Section } from "../src/state/place";
import { empty, json, listed, MemoryStorage, Platform, problem } from "./platform";

const ADA: Person = {
  id: "ada",
  email: "ada@example.org",
  emailVerified: true,
  displayName: "Ada",
  language: "en",
  jobLetters: true,
  role: "user",
  tier: "free",
  createdAt: "2026-01-02T03:04:05Z",
};
const KEY = { id: "k", name: "Kiosk", scopes: ["jobs:read"], createdAt: ADA.createdAt, expiresAt: null, usedAt: null };
const HOOK = {
  id: "h",
  url: "https://shop.example.com/atelier",
  events: [],
  enabled: true,
  disabledReason: null,
  disabledAt: null,
  createdAt: ADA.createdAt,
  oldSecretExpiresAt: null,
};

let platform: Platform;
let account: Account;
let view: AccountView;

beforeEach(() => {
  platform = new Platform();
  platform.on("GET /v1/me", () => json(ADA));
  account = new Account(platform.api, platform.client, platform.tokens);
});

afterEach(() => {
  document.body.replaceChildren();
});

async function open(section: Section): Promise<void> {
  account.adopt(ADA);
  view = new AccountView();
  const language = new Language(new MemoryStorage(), ["en"]);
  Object.assign(view, { office: new Office(platform.client, account, language), section });
  document.body.append(view);
  await view.updateComplete;
}

/** The element at the end of a path such as `keys-page >> .badge`, each step of which is somewhere inside the one before. */
function find(path: string): HTMLElement | null {
  return path.split(" >> ").reduce<HTMLElement | null>((root, step) => root && inside(root, step), view);
}

function inside(root: Element, selector: string): HTMLElement | null {
  const scope = root.shadowRoot ?? root;
  const found = scope.querySelector<HTMLElement>(selector);
  if (found) return found;
  const hosts = [...scope.querySelectorAll("*")].filter(({ shadowRoot }) => shadowRoot);
  return hosts.map((host) => inside(host, selector)).find((one) => one !== null) ?? null;
}

/** The same once it is there. */
async function shown(path: string): Promise<HTMLElement> {
  await expect.poll(() => find(path)).not.toBeNull();
  const element = find(path);
  if (!element) throw new Error(`${path} has gone`);
  return element;
}

async function fill(path: string, value: string): Promise<void> {
  ((await shown(path)) as HTMLInputElement).value = value;
}

async function send(form: string): Promise<void> {
  (await shown(form)).dispatchEvent(new Event("submit", { cancelable: true }));
}

async function words(path: string): Promise<string> {
  return (await shown(path)).textContent.trim();
}

describe("the password", () => {
  const CHANGE = "POST /v1/me/password";

  it("is not sent while a field is empty", async () => {
    await open("profile");
    await fill("#current", "old");
    await send("password-form >> form");
    expect(await words("#new-note")).toBe("Please fill in this field.");
    expect(platform.calls(CHANGE)).toEqual([]);
  });

  it("that is wrong, or weak, is told at its field", async () => {
    await open("profile");
    await fill("#current", "old");
    await fill("#new", "password1");
    platform.on(CHANGE, () => problem(403, "wrong_password", "That is not your password."));
    await send("password-form >> form");
    expect(await words("#current-note")).toBe("That is not your password.");
    platform.on(CHANGE, () => problem(400, "weak_password", "Stronger.", [{ field: "password", message: "is too common" }]));
    await send("password-form >> form");
    await expect.poll(() => find("#new-note")?.textContent).toBe("is too common");
    platform.on(CHANGE, empty);
    await send("password-form >> form");
    await expect.poll(() => find("password-form >> .good")?.textContent).toBe("Changed. Your other sessions have ended.");
    expect(platform.calls(CHANGE).at(-1)).toEqual({ current: "old", new: "password1" });
  });
});

describe("an API key", () => {
  it("is made with what was chosen, shown once, and gone with the page", async () => {
    platform.on("GET /v1/api-keys", () => listed([]));
    platform.on("POST /v1/api-keys", () => json({ ...KEY, key: "atk_secret" }, 201));
    await open("keys");
    await fill("#name", " Kiosk ");
    ((await shown('[value="jobs:read"]')) as HTMLInputElement).checked = true;
    await send("key-form >> form");
    expect(((await shown("#secret")) as HTMLInputElement).value).toBe("atk_secret");
    expect(platform.calls("POST /v1/api-keys")).toEqual([{ name: "Kiosk", scopes: ["jobs:read"], lifeDays: 90 }]);
    view.section = "profile";
    await shown("profile-page");
    view.section = "keys";
    await shown("key-form");
    expect(find("#secret")).toBeNull();
  });

  it("needs a name and something that it may do", async () => {
    platform.on("GET /v1/api-keys", () => listed([]));
    await open("keys");
    await send("key-form >> form");
    expect(await words("#name-note")).toBe("Please fill in this field.");
    expect(await words("#scopes-fault")).toBe("Choose at least one.");
    expect(platform.calls("POST /v1/api-keys")).toEqual([]);
  });

  it("is revoked at the second press, and not at a no", async () => {
    platform.on("GET /v1/api-keys", () => listed([KEY]));
    platform.on("DELETE /v1/api-keys/k", empty);
    await open("keys");
    (await shown("confirm-button >> button[aria-label]")).click();
    (await shown("confirm-button >> div >> button:last-of-type")).click();
    (await shown("confirm-button >> button[aria-label]")).click();
    expect(platform.calls("DELETE /v1/api-keys/k")).toEqual([]);
    (await shown("confirm-button >> .danger")).click();
    await expect.poll(() => platform.calls("DELETE /v1/api-keys/k")).toHaveLength(1);
    await expect.poll(() => find("confirm-button")).toBeNull();
  });
});

describe("a webhook", () => {
  it("that goes nowhere public is told at its field; a good one shows its secret", async () => {
    platform.on("GET /v1/webhooks", () => listed([]));
    platform.on("POST /v1/webhooks", () =>
      problem(400, "url_not_allowed", "no", [{ field: "url", message: "must be a name that can be looked up" }]),
    );
    await open("webhooks");
    await fill("#url", "https://10.0.0.1/");
    await send("webhook-form >> form");
    await expect.poll(() => find("#url-note")?.textContent).toBe("must be a name that can be looked up");
    platform.on("POST /v1/webhooks", () => json({ ...HOOK, secret: "whsec_1" }, 201));
    await send("webhook-form >> form");
    expect(((await shown("#secret")) as HTMLInputElement).value).toBe("whsec_1");
    expect(await words("webhook-card >> .name")).toBe(HOOK.url);
  });

  it("that stopped itself can be switched on again", async () => {
    platform.on("GET /v1/webhooks", () => listed([{ ...HOOK, enabled: false, disabledReason: "gone" }]));
    platform.on("PATCH /v1/webhooks/h", () => json(HOOK));
    await open("webhooks");
    expect(await words("webhook-card >> .badge")).toContain("gone");
    (await shown("webhook-card >> button:nth-of-type(2)")).click();
    await expect.poll(() => find("webhook-card >> .badge")?.textContent).toBe("on");
    expect(platform.calls("PATCH /v1/webhooks/h")).toEqual([{ enabled: true }]);
  });
});

describe("the end of an account", () => {
  const END = "DELETE /v1/me";

  beforeEach(() => {
    platform.on("GET /v1/me/consents", () => listed([]));
    platform.on("GET /v1/consents/policies", () => listed([]));
  });

  it("wants the password, and says when it is the wrong one", async () => {
    platform.on(END, () => problem(403, "wrong_password", "That is not your password."));
    await open("privacy");
    (await shown("delete-form >> button.danger")).click();
    await fill("#password", "wrong");
    await send("delete-form >> form");
    await expect.poll(() => find("#password-note")?.textContent).toBe("That is not your password.");
    expect([account.isDeleted, platform.tokens.refresh]).toEqual([false, "refresh-1"]);
  });

  it("leaves nobody signed in", async () => {
    platform.on(END, empty);
    await open("privacy");
    (await shown("delete-form >> button.danger")).click();
    await fill("#password", "right");
    await send("delete-form >> form");
    await expect.poll(() => account.isDeleted).toBe(true);
    expect([account.phase, account.person, platform.tokens.refresh]).toEqual(["signed-out", null, null]);
    expect(platform.calls(END)).toEqual([{ password: "right" }]);
  });
});
