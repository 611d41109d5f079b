import type { Client } from "./client";
import type {
  ApiKey,
  ApiKeyDraft,
  Consent,
  ConsentDraft,
  CreditEntry,
  Credits,
  NewApiKey,
  Person,
  Policy,
  Prices,
  ProfileChange,
  Session,
} from "./schema";
import type { Page } from "./types";

/** The calls of `/v1` about the person's own account. */
export class Desk {
  constructor(private readonly client: Client) {}

  changeProfile(change: ProfileChange): Promise<Person> {
    return this.client.json("PATCH", "/v1/me", { body: change });
  }

  changePassword(current: string, fresh: string): Promise<void> {
    return this.client.empty("POST", "/v1/me/password", { body: { current, new: fresh } });
  }

  /** Has the letter that proves the address written again. */
  resendVerification(): Promise<void> {
    return this.client.empty("POST", "/v1/auth/email/resend");
  }

  async sessions(): Promise<Page<Session>> {
    return whole(await this.client.json("GET", "/v1/me/sessions"));
  }

  endSession({ id }: Session): Promise<void> {
    return this.client.empty("DELETE", `/v1/me/sessions/${id}`);
  }

  endOtherSessions(): Promise<void> {
    return this.client.empty("DELETE", "/v1/me/sessions");
  }

  credits(): Promise<Credits> {
    return this.client.json("GET", "/v1/credits");
  }

  statement(cursor: string | null): Promise<Page<CreditEntry>> {
    return this.client.json("GET", paged("/v1/credits/entries", cursor));
  }

  prices(): Promise<Prices> {
    return this.client.json("GET", "/v1/credits/prices", { open: true });
  }

  async apiKeys(): Promise<Page<ApiKey>> {
    return whole(await this.client.json("GET", "/v1/api-keys"));
  }

  makeApiKey(draft: ApiKeyDraft): Promise<NewApiKey> {
    return this.client.json("POST", "/v1/api-keys", { body: draft });
  }

  revokeApiKey({ id }: ApiKey): Promise<void> {
    return this.client.empty("DELETE", `/v1/api-keys/${id}`);
  }

  async policies(): Promise<readonly Policy[]> {
    return whole<Policy>(await this.client.json("GET", "/v1/consents/policies", { open: true })).data;
  }

  consents(cursor: string | null): Promise<Page<Consent>> {
    return this.client.json("GET", paged("/v1/me/consents", cursor));
  }

  consent(draft: ConsentDraft): Promise<Consent> {
    return this.client.json("POST", "/v1/me/consents", { body: draft });
  }

  /** Everything that is known of the person, as one JSON document. */
  exported(): Promise<Response> {
    return this.client.open("GET", "/v1/me/export");
  }

  deleteAccount(password: string): Promise<void> {
    return this.client.empty("DELETE", "/v1/me", { body: { password } });
  }
}

/** The address of a list's page; without a cursor of its first. */
export function paged(path: string, cursor: string | null): string {
  const query = new URLSearchParams({ limit: "20" });
  if (cursor !== null) query.set("cursor", cursor);
  return `${path}?${query.toString()}`;
}

/** A list that comes whole, as its only page. */
export function whole<T>({ data }: { readonly data: readonly T[] }): Page<T> {
  return { data, nextCursor: null };
}
