/** The platform, as its clients see it. */

import createClient, { type Client } from "openapi-fetch";

import { json } from "./answers.js";
import { JobNotCompleted, UnexpectedAnswer, type Job } from "./errors.js";
import { RETRIES, type Retries } from "./retries.js";
import type { components, paths } from "./schema.js";
import { bytes, Transport, type Bytes, type Exchange } from "./transport.js";
import { ENDS, Watch, type Waiting } from "./watching.js";

type Shapes = components["schemas"];
export type Avatar = Shapes["Avatar"];
export type AvatarDraft = Shapes["AvatarDraft"];
export type BatchRow = Shapes["BatchRow"];
export type Face = Shapes["Face"];
export type Scan = Shapes["Scan"];

/** JPEG, PNG or WebP, 224 to 4096 pixels a side, at most 10 MB each. */
export interface FacePhotos {
  front: Blob;
  /** The person's left side, turned by 30 to 45 degrees. */
  left: Blob;
  /** The person's right side, turned likewise. */
  right: Blob;
}

export interface FaceOptions {
  pupilDistanceMm?: number;
  /** Keep small pictures of the photos with the face until it is deleted. */
  keepPhotos?: boolean;
}

export interface PhotoAvatarOptions extends FaceOptions {
  /** The body, look and clothes; typical ones where it is left out. */
  draft?: Partial<AvatarDraft>;
}

export interface AtelierOptions {
  baseUrl: string;
  /** Of a server. */
  apiKey?: string;
  /** Of a person: an access token, or a function that gives one, because they last 15 minutes. */
  token?: string | (() => string | Promise<string>);
  /** Of texts for people: `en` or `fr`. */
  language?: string;
  /** Longest silence before a request is given up, in milliseconds. */
  timeoutMs?: number;
  retries?: Partial<Retries>;
  fetch?: typeof globalThis.fetch;
}

export interface Page<T> {
  data: T[];
  nextCursor?: string | null;
}

export interface BatchOptions extends Waiting {
  /** Is called with the job after each of its changes. */
  onProgress?: (job: Job) => void;
}

const JSON_TYPE = "application/json";
const UPLOAD: Exchange = { timeoutMs: 300_000 };

/** A connection to one platform. */
export class Atelier {
  /** Every route of the API, typed; refusals are thrown. */
  readonly api: Client<paths>;
  readonly #transport: Transport;

  constructor(options: AtelierOptions) {
    if (options.apiKey !== undefined && options.token !== undefined) throw new TypeError("give either apiKey or token");
    const secret = options.apiKey ?? options.token ?? "";
    this.#transport = new Transport({
      baseUrl: options.baseUrl,
      token: typeof secret === "function" ? secret : (): string => secret,
      language: options.language ?? "en",
      timeoutMs: options.timeoutMs ?? 60_000,
      retries: { ...RETRIES, ...options.retries },
      fetch: options.fetch ?? ((...request): Promise<Response> => globalThis.fetch(...request)),
    });
    this.api = createClient<paths>({
      baseUrl: options.baseUrl,
      fetch: (request) => this.#transport.send(request, whole),
    });
  }

  /** Make an avatar. */
  async makeAvatar(draft: AvatarDraft): Promise<Avatar> {
    return await this.#post<Avatar>("/v1/avatars", { body: JSON.stringify(draft), mediaType: JSON_TYPE });
  }

  /** Make an avatar and download its GLB. */
  async makeGlb(draft: AvatarDraft): Promise<{ avatar: Avatar; glb: Bytes }> {
    const avatar = await this.makeAvatar(draft);
    return { avatar, glb: await this.download(avatar.links.glb) };
  }

  /** Upload a scan; `withBody` fits a rigged body to it and measures it. */
  async uploadScan(
    scan: Blob | Uint8Array,
    { withBody = false, format }: { withBody?: boolean; format?: "ply" | "xyz" | "obj" } = {},
  ): Promise<Scan> {
    const query = new URLSearchParams({ register: String(withBody), ...(format && { format }) });
    const mediaType = (scan instanceof Blob && scan.type) || "application/octet-stream";
    return await this.#post<Scan>(`/v1/clouds?${query}`, { body: scan as BodyInit, mediaType }, UPLOAD);
  }

  /**
   * Make a face of three photos. `consent` is the version of the policy on photos of faces that the person consented to.
   * Throws Refused, whose `details` name each photo that cannot be used, and why.
   */
  async makeFace(photos: FacePhotos, consent: string, options: FaceOptions = {}): Promise<Face> {
    return await this.#post<Face>("/v1/faces", { body: faceForm(photos, consent, options) }, UPLOAD);
  }

  /** Ask for an avatar with the face of three photos, and the body of the draft. */
  async startAvatarFromPhotos(
    photos: FacePhotos,
    consent: string,
    { draft, ...options }: PhotoAvatarOptions = {},
    idempotencyKey?: string,
  ): Promise<Job> {
    const body = faceForm(photos, consent, options);
    if (draft) body.set("avatar", JSON.stringify(draft));
    return await this.#post<Job>("/v1/avatars/from-photos", { body, idempotencyKey }, UPLOAD);
  }

  /** Ask for such an avatar and wait for it. Throws JobNotCompleted, whose job says which photo cannot be used. */
  async makeAvatarFromPhotos(
    photos: FacePhotos,
    consent: string,
    options: PhotoAvatarOptions = {},
    waiting: BatchOptions = {},
  ): Promise<Avatar> {
    const job = await this.wait((await this.startAvatarFromPhotos(photos, consent, options)).id, waiting);
    if (!job.avatarId) throw new UnexpectedAnswer("the job has made no avatar");
    return await this.#get<Avatar>(`/v1/avatars/${job.avatarId}`);
  }

  /** Ask for many avatars: rows, or a table as CSV with a column for each measurement. */
  async startBatch(people: readonly BatchRow[] | Blob | string, idempotencyKey?: string): Promise<Job> {
    const isTable = typeof people === "string" || people instanceof Blob;
    const body = isTable ? people : JSON.stringify({ rows: people });
    const upload = { body, mediaType: isTable ? "text/csv" : JSON_TYPE, idempotencyKey };
    return await this.#post<Job>("/v1/avatars/batch", upload, UPLOAD);
  }

  /**
   * Ask for many avatars, wait for them, and download the ZIP of their GLBs and receipts. People that cannot be made are
   * counted in `items.failed`, and the receipts say why. Throws JobNotCompleted, WaitedTooLong.
   */
  async makeBatch(
    people: readonly BatchRow[] | Blob | string,
    options: BatchOptions = {},
  ): Promise<{ job: Job; archive: Bytes }> {
    const job = await this.wait((await this.startBatch(people)).id, options);
    const result = job.results.find(({ name }) => name === "avatars.zip");
    if (!result) throw new UnexpectedAnswer("the job has no archive");
    return { job, archive: await this.download(result.href, result.sha256) };
  }

  /** The job now, and after each change, until it has ended; lost connections are taken up again. Throws WaitedTooLong. */
  watch(jobId: string, waiting: Waiting = {}): AsyncGenerator<Job, void> {
    return new Watch(this.#transport, jobId, waiting).changes();
  }

  /** Wait until the job has completed. Throws JobNotCompleted, WaitedTooLong. */
  async wait(jobId: string, { onProgress, ...waiting }: BatchOptions = {}): Promise<Job> {
    for await (const job of this.watch(jobId, waiting)) {
      onProgress?.(job);
      if (job.state === "completed") return job;
      if (ENDS.includes(job.state)) throw new JobNotCompleted(job);
    }
    throw new UnexpectedAnswer("the job has no end");
  }

  /** The bytes of a file of the platform, by its link. Throws UnexpectedAnswer where they have not that SHA-256. */
  async download(link: string, sha256?: string): Promise<Bytes> {
    const content = await this.#transport.send(this.#transport.request("GET", link), bytes);
    if (sha256 !== undefined && sha256 !== (await digest(content))) {
      throw new UnexpectedAnswer(`what was downloaded from ${link} is not what it should be`);
    }
    return content;
  }

  /** The same as they come, for files that are too large to hold; it is not tried again. */
  stream(link: string): AsyncGenerator<Bytes, void> {
    return this.#transport.pieces(this.#transport.request("GET", link));
  }

  /** Every item of a list: `each("/v1/avatars")`. Pages are asked for as they are needed. */
  async *each<Path extends ListPath>(path: Path, query: Record<string, string> = {}): AsyncGenerator<ItemOf<Path>, void> {
    for (let cursor: string | null | undefined = ""; cursor !== null && cursor !== undefined; ) {
      const parameters = new URLSearchParams({ ...query, ...(cursor && { cursor }) });
      const page: Page<ItemOf<Path>> = await this.#get(`${path}?${parameters}`);
      yield* page.data;
      cursor = page.nextCursor;
    }
  }

  async #get<T>(path: string): Promise<T> {
    return await this.#transport.send(this.#transport.request("GET", path), read<T>);
  }

  async #post<T>(path: string, upload: Upload, exchange: Exchange = {}): Promise<T> {
    const { body, mediaType, idempotencyKey } = upload;
    const headers = { ...(mediaType && { "Content-Type": mediaType }), ...(idempotencyKey && { "Idempotency-Key": idempotencyKey }) };
    return await this.#transport.send(this.#transport.request("POST", path, { body, headers }), read<T>, exchange);
  }
}

interface Upload {
  body: BodyInit;
  /** Of a form it is left out: the form says it itself, with its boundary. */
  mediaType?: string;
  idempotencyKey?: string | undefined;
}

type AnswerOf<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { "application/json": infer Answer } } } };
}
  ? Answer
  : never;
/** Routes that answer with a list. */
export type ListPath = {
  [Path in keyof paths]: Path extends `${string}{${string}` ? never : AnswerOf<Path> extends { data: unknown[] } ? Path : never;
}[keyof paths];
export type ItemOf<Path extends ListPath> = AnswerOf<Path> extends { data: (infer Item)[] } ? Item : never;

function faceForm(photos: FacePhotos, consent: string, { pupilDistanceMm, keepPhotos }: FaceOptions): FormData {
  const form = new FormData();
  form.set("consent", consent);
  if (pupilDistanceMm !== undefined) form.set("pupilDistanceMm", String(pupilDistanceMm));
  if (keepPhotos !== undefined) form.set("keepPhotos", String(keepPhotos));
  for (const slot of ["front", "left", "right"] as const) form.set(slot, photos[slot]);
  return form;
}

async function read<T>(response: Response): Promise<T> {
  return json<T>(await response.text());
}

async function digest(content: Bytes): Promise<string> {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The answer with its body read, so that a connection that breaks in it is tried again as well. */
async function whole(response: Response, alive: () => void): Promise<Response> {
  const content = await bytes(response, alive);
  const { status, statusText, headers } = response;
  return new Response(content.length > 0 ? content : null, { status, statusText, headers });
}
