import { ApiError, Unreachable } from "./errors";
import type { TokenKeeper } from "./tokens";
import type { Problem, Tokens } from "./types";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

export interface Call {
  /** Is sent as JSON. */
  readonly body?: unknown;
  /** A file that is sent as it is, in place of `body`. */
  readonly upload?: Upload;
  /** Fields and files, in place of both; the browser says itself that it is a form. */
  readonly form?: FormData;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the call early. */
  readonly signal?: AbortSignal;
  /** Catalogue and account calls need no token. */
  readonly open?: boolean;
}

export interface Upload {
  readonly data: Blob | string;
  readonly mediaType: string;
}

/** Speaks HTTP with `/v1`: bearer token, one refresh after a 401, errors as `ApiError`. */
export class Client {
  /** Called when the session cannot be renewed: the person has to log in again. */
  onSignedOut: () => void = () => undefined;
  #renewal: Promise<boolean> | null = null;

  constructor(
    private readonly tokens: TokenKeeper,
    private readonly language: () => string,
    private readonly http: typeof fetch = (input, init) => fetch(input, init),
  ) {}

  async json<T>(method: Method, path: string, call: Call = {}): Promise<T> {
    const answer = await this.#send(method, path, call);
    return (await answer.json()) as T;
  }

  async bytes(method: Method, path: string, call: Call = {}): Promise<ArrayBuffer> {
    const answer = await this.#send(method, path, call);
    return answer.arrayBuffer();
  }

  async empty(method: Method, path: string, call: Call = {}): Promise<void> {
    await this.#send(method, path, call);
  }

  /** The answer before its body was read: a stream, or a large file. */
  open(method: Method, path: string, call: Call = {}): Promise<Response> {
    return this.#send(method, path, call);
  }

  /** Trades the refresh token for new ones; callers at the same time share one trade. */
  renew(): Promise<boolean> {
    this.#renewal ??= this.#trade().finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  async #trade(): Promise<boolean> {
    const refreshToken = this.tokens.refresh;
    if (refreshToken === null) return false;
    const answer = await this.#fetch("POST", "/v1/auth/refresh", { body: { refreshToken }, open: true });
    if (!answer.ok) {
      if (answer.status < 500) this.tokens.clear();
      return false;
    }
    this.tokens.keep((await answer.json()) as Tokens);
    return true;
  }

  async #send(method: Method, path: string, call: Call): Promise<Response> {
    const answer = await this.#authorised(method, path, call);
    if (answer.ok) return answer;
    throw await problemOf(answer);
  }

  async #authorised(method: Method, path: string, call: Call): Promise<Response> {
    const first = await this.#fetch(method, path, call);
    if (first.status !== 401 || call.open) return first;
    if (await this.renew()) return this.#fetch(method, path, call);
    this.onSignedOut();
    return first;
  }

  async #fetch(method: Method, path: string, call: Call): Promise<Response> {
    const headers = new Headers({ "Accept-Language": this.language(), ...call.headers });
    if (!call.open && this.tokens.access !== null) headers.set("Authorization", `Bearer ${this.tokens.access}`);
    const init: RequestInit = { method, headers };
    if (call.signal) init.signal = call.signal;
    const upload = call.upload ?? asJson(call.body);
    if (upload) {
      headers.set("Content-Type", upload.mediaType);
      init.body = upload.data;
    } else if (call.form) init.body = call.form;
    try {
      return await this.http(path, init);
    } catch (cause) {
      throw new Unreachable("no answer", { cause });
    }
  }
}

function asJson(body: unknown): Upload | null {
  return body === undefined ? null : { data: JSON.stringify(body), mediaType: "application/json" };
}

async function problemOf(answer: Response): Promise<Error> {
  const text = await answer.text();
  try {
    const retryAfterS = Number(answer.headers.get("Retry-After") ?? 0);
    return new ApiError(answer.status, JSON.parse(text) as Problem, 1_000 * retryAfterS);
  } catch (cause) {
    return new Unreachable(`status ${answer.status} without a problem body`, { cause });
  }
}
