import type { Atelier, Credentials } from "../api/atelier";
import type { Client } from "../api/client";
import type { TokenKeeper } from "../api/tokens";
import type { Person } from "../api/schema";
import { Observable } from "./observable";

export type AccountPhase = "restoring" | "signed-out" | "signed-in";

/** Who is there. */
export class Account extends Observable {
  phase: AccountPhase = "restoring";
  person: Person | null = null;
  /** The account was deleted in this tab. */
  isDeleted = false;

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

  /** Looks again who is there: an address may have been confirmed meanwhile. */
  async refresh(): Promise<void> {
    this.adopt(await this.api.me());
  }

  /** The person as a change has left them. */
  adopt(person: Person): void {
    this.person = person;
    this.changed();
  }

  /** The account is no more, and nor are its sessions. */
  end(): void {
    this.isDeleted = true;
    this.tokens.clear();
    this.#leave();
  }

  async #enter(): Promise<void> {
    this.person = await this.api.me();
    this.isDeleted = false;
    this.phase = "signed-in";
    this.changed();
  }

  #leave(): void {
    this.person = null;
    this.phase = "signed-out";
    this.changed();
  }
}
