import { afterEach, describe, expect, it } from "vitest";
import { Language } from "../src/i18n/locale";
import { Letter } from "../src/state/letter";
import { LetterView } from "../src/welcome/letter-view";
import { MemoryStorage, Platform, problem } from "./platform";

const VERIFY = "POST /v1/auth/email/verify";
const RESET = "POST /v1/auth/password/reset";

interface Scene {
  readonly letter: Letter;
  readonly view: LetterView;
  readonly find: (selector: string) => HTMLElement | null;
}

function arrived(hash: string): Letter {
  location.hash = hash;
  return new Letter(window);
}

async function scene(platform: Platform, hash: string): Promise<Scene> {
  const letter = arrived(hash);
  const view = new LetterView();
  Object.assign(view, { api: platform.api, letter, language: new Language(new MemoryStorage(), ["en"]) });
  document.body.append(view);
  await view.updateComplete;
  return { letter, view, find: (selector) => view.renderRoot.querySelector(selector) };
}

/** Sends the form and waits until the answer is shown. */
async function send({ view, find }: Scene): Promise<void> {
  find("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
  await expect.poll(() => (find(".button.primary") as HTMLButtonElement | null)?.disabled ?? false).toBe(false);
  await view.updateComplete;
}

afterEach(() => {
  document.body.replaceChildren();
  location.hash = "";
});

describe("the link of a letter", () => {
  it("is read once, and leaves the address", () => {
    expect(arrived("#verify=a-b_C1").link).toEqual({ purpose: "verify", token: "a-b_C1" });
    expect(location.hash).toBe("");
    expect(new Letter(window).link).toBeNull();
  });

  it("is nothing else that stands there", () => {
    for (const hash of ["#verify=", "#delete=abc", "#reset=a b", `#reset=${"x".repeat(257)}`, "#verify=a&b=c"]) {
      expect(arrived(hash).link).toBeNull();
    }
  });

  it("confirms an address when the person says so, and not before", async () => {
    const platform = new Platform();
    platform.on(VERIFY, () => new Response(null, { status: 204 }));
    const here = await scene(platform, "#verify=secret");
    expect(platform.calls(VERIFY)).toEqual([]);
    await send(here);
    expect(platform.calls(VERIFY)).toEqual([{ token: "secret" }]);
    expect(here.find('[role="status"]')?.textContent).toBe("Your address is confirmed.");
    here.find("button")?.click();
    expect(here.letter.link).toBeNull();
  });

  it("that does not work any more says so", async () => {
    const platform = new Platform();
    platform.on(VERIFY, () => problem(400, "invalid_link", "This link does not work any more."));
    const here = await scene(platform, "#verify=secret");
    await send(here);
    expect(here.find('[role="alert"]')?.textContent).toBe("This link does not work any more.");
  });

  it("sets a password, once it is a good one", async () => {
    const platform = new Platform();
    const here = await scene(platform, "#reset=secret");
    const field = here.find("#password") as HTMLInputElement;
    platform.on(RESET, () =>
      problem(400, "weak_password", "Choose a stronger password.", [{ field: "password", message: "is too common" }]),
    );
    field.value = "password1";
    await send(here);
    expect(here.find("#password-note")?.textContent).toBe("is too common");
    platform.on(RESET, () => new Response(null, { status: 204 }));
    field.value = "needle & thread, thrice";
    await send(here);
    expect(platform.calls(RESET).at(-1)).toEqual({ token: "secret", password: "needle & thread, thrice" });
    expect(here.find('[role="status"]')).not.toBeNull();
  });
});
