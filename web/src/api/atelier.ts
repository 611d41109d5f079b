import type { Call, Client, Method } from "./client";
import type { Person } from "./schema";
import type {
  Avatar,
  BodySpec,
  Dressing,
  Estimate,
  FileFormat,
  Garment,
  Hairstyle,
  Measurements,
  Page,
  SizeAdvice,
  Skin,
  Tokens,
} from "./types";

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** The calls of `/v1` that the page makes, one method each. */
export class Atelier {
  constructor(private readonly client: Client) {}

  signUp(credentials: Credentials): Promise<Person> {
    return this.client.json("POST", "/v1/auth/signup", { body: credentials, open: true });
  }

  logIn(credentials: Credentials): Promise<Tokens> {
    return this.client.json("POST", "/v1/auth/login", { body: credentials, open: true });
  }

  logOut(refreshToken: string): Promise<void> {
    return this.client.empty("POST", "/v1/auth/logout", { body: { refreshToken }, open: true });
  }

  verifyEmail(token: string): Promise<void> {
    return this.client.empty("POST", "/v1/auth/email/verify", { body: { token }, open: true });
  }

  forgotPassword(email: string): Promise<void> {
    return this.client.empty("POST", "/v1/auth/password/forgot", { body: { email }, open: true });
  }

  resetPassword(token: string, password: string): Promise<void> {
    return this.client.empty("POST", "/v1/auth/password/reset", { body: { token, password }, open: true });
  }

  me(): Promise<Person> {
    return this.client.json("GET", "/v1/me");
  }

  async estimate(body: BodySpec): Promise<readonly Estimate[]> {
    return this.#data("POST", "/v1/measurements/estimate", { body });
  }

  topology(): Promise<ArrayBuffer> {
    return this.client.bytes("GET", "/v1/avatars/preview/topology", { open: true });
  }

  preview(body: BodySpec): Promise<ArrayBuffer> {
    return this.client.bytes("POST", "/v1/avatars/preview", { body });
  }

  createAvatar(body: BodySpec & Dressing): Promise<Avatar> {
    return this.client.json("POST", "/v1/avatars", { body });
  }

  changeAvatar(id: string, dressing: Dressing): Promise<Avatar> {
    return this.client.json("PATCH", `/v1/avatars/${id}`, { body: dressing });
  }

  deleteAvatar(id: string): Promise<void> {
    return this.client.empty("DELETE", `/v1/avatars/${id}`);
  }

  avatars(cursor: string | null): Promise<Page<Avatar>> {
    const query = new URLSearchParams({ limit: "12" });
    if (cursor !== null) query.set("cursor", cursor);
    return this.client.json("GET", `/v1/avatars?${query.toString()}`);
  }

  file({ links }: Avatar, format: FileFormat): Promise<ArrayBuffer> {
    return this.client.bytes("GET", links[format]);
  }

  garments(): Promise<readonly Garment[]> {
    return this.#data("GET", "/v1/catalog/garments", { open: true });
  }

  hairstyles(): Promise<readonly Hairstyle[]> {
    return this.#data("GET", "/v1/catalog/hairstyles", { open: true });
  }

  skins(): Promise<readonly Skin[]> {
    return this.#data("GET", "/v1/catalog/skins", { open: true });
  }

  sizeAdvice(measurements: Measurements, garmentId: string): Promise<SizeAdvice> {
    return this.client.json("POST", "/v1/size-advice", { body: { measurements, garmentId } });
  }

  async #data<T>(method: Method, path: string, call: Call): Promise<readonly T[]> {
    const page = await this.client.json<{ readonly data: readonly T[] }>(method, path, call);
    return page.data;
  }
}
