/** Requests over fetch: with the caller's token, a time limit, an Idempotency-Key, and tries after failures that may pass. */

import { refusal } from "./answers.js";
import { AtelierError, Unreachable } from "./errors.js";
import { pause, waitMs, type Retries } from "./retries.js";

export interface TransportOptions {
  baseUrl: string;
  token: () => string | Promise<string>;
  language: string;
  timeoutMs: number;
  retries: Retries;
  fetch: typeof globalThis.fetch;
}

export interface Exchange {
  /** Longest silence, in milliseconds. */
  timeoutMs?: number | undefined;
  /** Ends the request early. */
  signal?: AbortSignal | undefined;
}

export type Bytes = Uint8Array<ArrayBuffer>;

/** Reads an answer; `alive` is called whenever something of it came. */
type Reader<T> = (response: Response, alive: () => void) => Promise<T>;

/** A connection to one platform. */
export class Transport {
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = { ...options, baseUrl: options.baseUrl.replace(/\/+$/, "") };
  }

  /** A request to a path of the platform. Throws TypeError for what is no path: another server must not see the token. */
  request(method: string, path: string, init: RequestInit = {}): Request {
    if (!path.startsWith("/") || path.startsWith("//")) throw new TypeError(`${path} is no path of ${this.#options.baseUrl}`);
    return new Request(this.#options.baseUrl + path, { ...init, method });
  }

  /** Send the request and read its answer, again where a failure may pass. */
  async send<T>(request: Request, read: Reader<T>, exchange: Exchange = {}): Promise<T> {
    const body = request.body === null ? null : await request.arrayBuffer();
    const headers = await this.#headers(request);
    for (let failures = 1; ; failures++) {
      try {
        return await this.#once(new Request(request, { headers, body }), read, exchange);
      } catch (error) {
        const wait = error instanceof AtelierError ? waitMs(this.#options.retries, failures, error) : undefined;
        if (wait === undefined) throw error;
        await pause(wait, exchange.signal);
      }
    }
  }

  /** The bytes of an answer as they come. It is not tried again: whoever reads it takes it up again. */
  async *pieces(request: Request, exchange: Exchange = {}): AsyncGenerator<Bytes, void> {
    const opened = await this.#open(new Request(request, { headers: await this.#headers(request) }), exchange);
    try {
      for await (const piece of piecesOf(opened.response)) {
        opened.alive();
        yield piece;
      }
    } catch (error) {
      throw opened.failure(error);
    } finally {
      opened.close();
    }
  }

  async #headers(request: Request): Promise<Headers> {
    const headers = new Headers(request.headers);
    const token = await this.#options.token();
    if (token) headers.set("Authorization", `Bearer ${token}`);
    if (!headers.has("Accept-Language")) headers.set("Accept-Language", this.#options.language);
    if (request.method === "POST" && !headers.has("Idempotency-Key")) headers.set("Idempotency-Key", crypto.randomUUID());
    return headers;
  }

  async #once<T>(request: Request, read: Reader<T>, exchange: Exchange): Promise<T> {
    const opened = await this.#open(request, exchange);
    try {
      return await read(opened.response, opened.alive);
    } catch (error) {
      throw opened.failure(error);
    } finally {
      opened.close();
    }
  }

  /** The answer, whose body is yet to be read. Throws Refused, and Unreachable for whatever the connection does. */
  async #open(request: Request, { timeoutMs, signal }: Exchange): Promise<Opened> {
    const opened = new Opened(request, timeoutMs ?? this.#options.timeoutMs, signal);
    try {
      opened.response = await this.#options.fetch(request, { signal: opened.signal, redirect: "manual" });
      opened.alive();
      if (!opened.response.ok) throw await refusal(opened.response);
      return opened;
    } catch (error) {
      const failure = opened.failure(error);
      opened.close();
      throw failure;
    }
  }
}

/** A request under way, which silence ends. */
class Opened {
  response!: Response;
  readonly alive: () => void;
  readonly #control = new AbortController();
  readonly #sources: AbortSignal[];
  readonly #what: string;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(request: Request, silenceMs: number, signal: AbortSignal | undefined) {
    this.#what = `${request.method} ${request.url}`;
    // Not AbortSignal.any: node 20 may collect the signal that it makes, and then nothing ends the request.
    this.#sources = signal ? [request.signal, signal] : [request.signal];
    for (const source of this.#sources) {
      if (source.aborted) this.#control.abort(source.reason);
      source.addEventListener("abort", this.#leave);
    }
    const stop = (): void => {
      this.#control.abort(new Unreachable(`${this.#what}: silent for ${silenceMs} ms`));
    };
    this.alive = (): void => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(stop, silenceMs);
    };
    this.alive();
  }

  get signal(): AbortSignal {
    return this.#control.signal;
  }

  readonly #leave = (event: Event): void => {
    this.#control.abort((event.target as AbortSignal).reason);
  };

  /** What fetch throws when the connection fails, as Unreachable; whatever else is wrong as it is. */
  failure(error: unknown): unknown {
    if (error instanceof AtelierError) return error;
    if (this.signal.aborted) return this.signal.reason;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : "";
    return error instanceof TypeError ? new Unreachable(`${this.#what}: ${cause || error.message}`) : error;
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const source of this.#sources) source.removeEventListener("abort", this.#leave);
    // Ends what is still under way; an answer that was read whole is not touched.
    if (!this.signal.aborted) this.#control.abort();
  }
}

/** All bytes of an answer, however long they take, as long as they keep coming. */
export async function bytes(response: Response, alive: () => void): Promise<Bytes> {
  const pieces: Bytes[] = [];
  for await (const piece of piecesOf(response)) {
    alive();
    pieces.push(piece);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

/** Like iterating over the body, which not every browser can. */
async function* piecesOf(response: Response): AsyncGenerator<Bytes, void> {
  const reader = (response.body as ReadableStream<Bytes> | null)?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) yield next.value;
}
