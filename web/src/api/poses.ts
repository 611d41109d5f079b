import type { Client } from "./client";
import type { CustomPose, PoseFacets, PoseSummary } from "./schema";
import type { BodyType, LocalizedText, Page } from "./types";

export const DIFFICULTIES = ["easy", "medium", "hard"] as const;
export type Difficulty = (typeof DIFFICULTIES)[number];

/** Which poses of the library are wanted; empty and null are all of them. */
export interface PoseWish {
  readonly words: string;
  readonly category: string | null;
  readonly difficulty: Difficulty | null;
  readonly suits: BodyType | null;
}

/** What a pose is read from. `frame` counts from 0, and is of a motion alone. */
export interface PoseSource {
  readonly file: File;
  readonly name: string;
  readonly isMotion: boolean;
  readonly frame: number;
}

const PAGE = "48";
/** What ids of one's own poses look like; the library's are words. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The calls of `/v1` about poses: the library's, and a person's own. */
export class PoseCalls {
  constructor(private readonly client: Client) {}

  poses(wish: PoseWish, cursor: string | null): Promise<Page<PoseSummary>> {
    const query = new URLSearchParams({ limit: PAGE });
    const parts = { q: wish.words.trim(), category: wish.category, difficulty: wish.difficulty, suits: wish.suits, cursor };
    for (const [name, value] of Object.entries(parts)) if (value) query.set(name, value);
    return this.client.json("GET", `/v1/catalog/poses?${query.toString()}`, { open: true });
  }

  /** What a pose looks like; it is drawn when somebody asks for it first. */
  async picture(address: string): Promise<Blob> {
    return new Blob([await this.client.bytes("GET", address, { open: true })], { type: "image/webp" });
  }

  facets(): Promise<PoseFacets> {
    return this.client.json("GET", "/v1/catalog/poses/facets", { open: true });
  }

  own(cursor: string | null): Promise<Page<CustomPose>> {
    const query = new URLSearchParams({ limit: "20" });
    if (cursor !== null) query.set("cursor", cursor);
    return this.client.json("GET", `/v1/poses?${query.toString()}`);
  }

  /** What a pose is called: the library's in both languages, one's own as its owner named it. */
  async nameOf(id: string): Promise<LocalizedText> {
    if (!UUID.test(id)) return (await this.client.json<PoseSummary>("GET", `/v1/catalog/poses/${id}`, { open: true })).name;
    const { name } = await this.client.json<CustomPose>("GET", `/v1/poses/${id}`);
    return { en: name, fr: name };
  }

  /** Has a pose read from a photo or a motion; the same key asks for the same one. */
  read({ file, name, isMotion, frame }: PoseSource, key: string): Promise<CustomPose> {
    const form = new FormData();
    form.set("name", name);
    if (isMotion) form.set("frame", String(frame));
    form.set(isMotion ? "motion" : "photo", file);
    return this.client.json("POST", "/v1/poses", { form, headers: { "Idempotency-Key": key } });
  }

  remove({ id }: CustomPose): Promise<void> {
    return this.client.empty("DELETE", `/v1/poses/${id}`);
  }
}
