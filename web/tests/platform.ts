import { Atelier } from "../src/api/atelier";
import { Client } from "../src/api/client";
import { TokenKeeper } from "../src/api/tokens";
import { MEASUREMENTS, type Avatar, type BodySpec, type Dressing, type Estimate, type Garment } from "../src/api/types";
import { bodyBytes, topologyBytes } from "./bytes";

export interface Received {
  readonly route: string;
  /** What stands behind the path. */
  readonly query: string;
  readonly body: unknown;
  readonly authorization: string | null;
  readonly language: string | null;
  readonly headers: Headers;
  /** Tells when the caller has left. */
  readonly signal: AbortSignal;
}

type Answer = (received: Received) => Response | Promise<Response>;

export const DRESS: Garment = garment("dress-1", "dress");
export const SKIRT: Garment = garment("skirt-1", "skirt");
export const TSHIRT: Garment = garment("tshirt-1", "tshirt");
export const SWEATER: Garment = garment("sweater-1", "sweater");

/** A platform in memory that speaks `/v1` to a real client. */
export class Platform {
  readonly received: Received[] = [];
  readonly #routes = new Map<string, Answer>();
  readonly tokens = new TokenKeeper(new MemoryStorage());
  readonly client = new Client(this.tokens, () => "fr", this.#fetch.bind(this));
  readonly api = new Atelier(this.client);

  constructor() {
    this.tokens.keep({ accessToken: "access-1", refreshToken: "refresh-1", expiresIn: 900 });
    this.on("POST /v1/measurements/estimate", ({ body }) => json({ data: estimates(body as BodySpec) }));
    this.on("GET /v1/avatars/preview/topology", () => new Response(topologyBytes()));
    this.on("POST /v1/avatars/preview", () => new Response(bodyBytes()));
    this.on("POST /v1/avatars", ({ body }) => json(avatar("avatar-1", body as BodySpec & Dressing), 201));
    this.on("PATCH /v1/avatars/avatar-1", ({ body }) =>
      json(avatar("avatar-1", { measurements: {}, bodyType: "neutral", ...(body as Dressing) })),
    );
    this.on("GET /v1/avatars/avatar-1.glb", () => new Response(new Uint8Array([1, 2, 3])));
    this.on("GET /v1/catalog/garments", () => json({ data: [DRESS, SKIRT, TSHIRT, SWEATER] }));
    this.on("GET /v1/catalog/hairstyles", () => json({ data: [{ id: "bob", name: both("Bob"), colors: colors() }] }));
    this.on("GET /v1/catalog/skins", () => json({ data: [{ id: "skin-1", color: "#ddbbaa", name: both("One") }] }));
    this.on("POST /v1/size-advice", () => json({ recommended: "L", confidence: 0.9, sizes: [] }));
  }

  on(route: string, answer: Answer): void {
    this.#routes.set(route, answer);
  }

  /** Bodies of the calls to a route, oldest first. */
  calls(route: string): readonly unknown[] {
    return this.requests(route).map(({ body }) => body);
  }

  /** The calls to a route, oldest first. */
  requests(route: string): readonly Received[] {
    return this.received.filter((one) => one.route === route);
  }

  async #fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const request = new Request(new URL(input as string, "http://platform.test"), init);
    const text = await request.text();
    const received = {
      route: `${request.method} ${new URL(request.url).pathname}`,
      query: new URL(request.url).search.slice(1),
      body: bodyOf(text, request.headers),
      authorization: request.headers.get("authorization"),
      language: request.headers.get("accept-language"),
      headers: request.headers,
      signal: init?.signal ?? request.signal,
    };
    this.received.push(received);
    const answer = this.#routes.get(received.route);
    if (!answer) throw new TypeError(`nothing answers ${received.route}`);
    return answer(received);
  }
}

/** JSON as what it says, everything else as text. */
function bodyOf(text: string, headers: Headers): unknown {
  if (text === "") return undefined;
  return headers.get("content-type") === "application/json" ? (JSON.parse(text) as unknown) : text;
}

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

export function problem(status: number, code: string, error: string, details: readonly object[] | object = []): Response {
  return json({ success: false, error, code, details, requestId: "r", retryable: status >= 500 }, status);
}

/** The whole of a list. */
export function listed(data: readonly object[], nextCursor: string | null = null): Response {
  return json({ data, nextCursor });
}

export function empty(): Response {
  return new Response(null, { status: 204 });
}

/** 1000 mm each, unless asked otherwise. */
export function estimates({ measurements }: BodySpec): readonly Estimate[] {
  return MEASUREMENTS.map((name) => {
    const asked = measurements[name];
    const value = asked ?? 1000;
    const half = asked === undefined ? 50 : 0;
    return {
      name,
      valueMm: value,
      source: asked === undefined ? "estimated" : "asked",
      intervalMm: [value - half, value + half],
      limitsMm: [500, 2300],
    };
  });
}

export function avatar(id: string, spec: BodySpec & Dressing): Avatar {
  const { look, outfit, ...body } = spec;
  return {
    id,
    createdAt: "2026-01-02T03:04:05Z",
    updatedAt: "2026-01-02T03:04:05Z",
    recipe: { ...body, seed: 0, modelVersion: "1", look: { skin: "skin-1", hairstyle: "bob", hairColor: "#111111", ...look }, outfit },
    receipt: {
      measurements: estimates(body).map((one) => ({
        ...one,
        askedMm: one.source === "asked" ? one.valueMm : null,
        targetMm: one.valueMm,
        deliveredMm: one.valueMm,
        errorMm: 0,
        feasible: true,
        tape: [],
      })),
      beside: [],
      volumeL: 64.1,
      surfaceAreaM2: 1.81,
      weight: { askedKg: null, estimatedKg: 63.4, errorKg: null, intervalKg: [57.2, 70.4] },
      withinIso20685: true,
      pointCount: 10000,
      vertexCount: 4,
      faceCount: 4,
    },
    links: links(`/v1/avatars/${id}`),
  };
}

function links(self: string): Avatar["links"] {
  return { self, glb: `${self}.glb`, vrm: `${self}.vrm`, usdz: `${self}.usdz`, obj: `${self}.obj`, ply: `${self}.ply`, stl: `${self}.stl` };
}

function garment(id: string, category: Garment["category"]): Garment {
  return { id, category, name: both(id), sizes: ["S", "M", "L", "XL"].map((label) => ({ label })), colors: colors() };
}

function colors(): Garment["colors"] {
  return [
    { color: "#111111", name: both("black") },
    { color: "#eeeeee", name: both("white") },
  ];
}

function both(text: string): { en: string; fr: string } {
  return { en: text, fr: `${text} (fr)` };
}

export class MemoryStorage implements Storage {
  readonly #items = new Map<string, string>();

  get length(): number {
    return this.#items.size;
  }

  clear(): void {
    this.#items.clear();
  }

  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }

  key(index: number): string | null {
    return [...this.#items.keys()][index] ?? null;
  }

  removeItem(key: string): void {
    this.#items.delete(key);
  }

  setItem(key: string, value: string): void {
    this.#items.set(key, value);
  }
}
