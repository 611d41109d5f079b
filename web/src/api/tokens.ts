import type { Tokens } from "./types";

const KEY = "atelier.refreshToken";

/** Holds the access token in memory, and the refresh token for as long as the tab lives. */
export class TokenKeeper {
  #access: string | null = null;

  constructor(private readonly storage: Storage) {}

  get access(): string | null {
    return this.#access;
  }

  get refresh(): string | null {
    return this.storage.getItem(KEY);
  }

  keep(tokens: Tokens): void {
    this.#access = tokens.accessToken;
    this.storage.setItem(KEY, tokens.refreshToken);
  }

  clear(): void {
    this.#access = null;
    this.storage.removeItem(KEY);
  }
}
