import type { Atelier, Credentials } from "../api/atelier";
import type { Client } from "../api/client";
import type { TokenKeeper } from "../api/tokens";
import type { Person } from "../api/types";
import { Observable } from "./observable";

export type AccountPhase = "restoring" | "signed-out" | "signed-in";

/** Who is there. */
export class Account extends Observable {
  phase: AccountPhase = "restoring";
  person: Person | null = null;

  constructor(
    private readonly api: Atelier,
    client: Client,
    private readonly tokens: TokenKeeper,
  ) {
    super();
    client.onSignedOut = () => {
      this.#leave();
    };
    this.#renew = () => client.renew();
  }

  readonly #renew: () => Promise<boolean>;

  /** Takes up the tab's session again, if it has one that still holds. */
  async restore(): Promise<void> {
    try {
      if (await this.#renew()) await this.#enter();
      else this.#leave();
    } catch {
      // Not reachable, or refused: the log-in form is the way on, and it says what is wrong.
      this.#leave();
    }
  }

  async logIn(credentials: Credentials): Promise<void> {
    this.tokens.keep(await this.api.logIn(credentials));
    await this.#enter();
  }

  async signUp(credentials: Credentials): Promise<void> {
    await this.api.signUp(credentials);
    await this.logIn(credentials);
  }

  /** Has a letter written to whoever has that address; whether anybody has is not told. */
  forgotPassword(email: string): Promise<void> {
    return this.api.forgotPassword(email);
  }

  async logOut(): Promise<void> {
    const refreshToken = this.tokens.refresh;
    this.tokens.clear();
    this.#leave();
    if (refreshToken === null) return;
    try {
      await this.api.logOut(refreshToken);
    } catch {
      // Out of reach: this tab has forgotten the token, and it expires by itself.
    }
  }

  async #enter(): Promise<void> {
    this.person = await this.api.me();
    this.phase = "signed-in";
    this.changed();
  }

  #leave(): void {
    this.person = null;
    this.phase = "signed-out";
    this.changed();
  }
}
