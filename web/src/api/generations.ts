import type { Client } from "./client";
import type { Generation, GenerationPage, GenerationStats } from "./schema";
import type { STYLES } from "./pictures";
import type { BodySpec, OutfitItem } from "./types";

export const QUALITIES = ["sd", "hd"] as const;
/** Of one request. */
export const MOST_POSES = 20;

const PATH = "/v1/poses/generations";
const PAGE = "12";

/** A photo, the poses that the person of it is wanted in, and how the pictures are drawn. */
export interface PhotoOrder {
  readonly photo: File;
  readonly poses: readonly string[];
  readonly quality: (typeof QUALITIES)[number];
  readonly style: (typeof STYLES)[number];
  /** As `/v1` has it; null for the usual one. */
  readonly background: string | null;
  readonly priority: boolean;
  readonly keepPhoto: boolean;
  /** Version of the policy that the person has consented to. */
  readonly consent: string;
  /** The body; plain clothes where none are named. */
  readonly avatar: BodySpec & { readonly outfit?: readonly OutfitItem[] };
}

/** The calls of `/v1` about pictures of a person in poses. */
export class GenerationCalls {
  constructor(private readonly client: Client) {}

  /** Asks for a picture of each pose, all or none; the same key asks for the same ones. */
  async start(order: PhotoOrder, key: string): Promise<readonly Generation[]> {
    const call = { form: formOf(order), headers: { "Idempotency-Key": key } };
    if (order.poses.length === 1) return [await this.client.json<Generation>("POST", PATH, call)];
    const { data } = await this.client.json<{ readonly data: readonly Generation[] }>("POST", `${PATH}/batch`, call);
    return data;
  }

  /** A page from the newest on. By cursor: an offset would skip or repeat some when others come and go meanwhile. */
  list(cursor: string | null): Promise<GenerationPage> {
    const query = new URLSearchParams({ limit: PAGE });
    if (cursor !== null) query.set("cursor", cursor);
    return this.client.json("GET", `${PATH}?${query.toString()}`);
  }

  stats(): Promise<GenerationStats> {
    return this.client.json("GET", `${PATH}/stats`);
  }

  get({ links }: Generation): Promise<Generation> {
    return this.client.json("GET", links.self);
  }

  /** Deletes one with its files; one that is not drawn yet is cancelled. */
  remove({ links }: Generation): Promise<void> {
    return this.client.empty("DELETE", links.self);
  }

  /** Its picture or its photo. */
  async file(address: string): Promise<Blob> {
    const answer = await this.client.open("GET", address);
    return answer.blob();
  }
}

function formOf({ photo, poses, avatar, background, ...order }: PhotoOrder): FormData {
  const form = new FormData();
  const [first = "", ...others] = poses;
  if (others.length === 0) form.set("poseId", first);
  else form.set("poses", JSON.stringify(poses));
  for (const [name, value] of Object.entries(order)) form.set(name, String(value));
  if (background !== null) form.set("background", background);
  form.set("avatar", JSON.stringify(avatar));
  form.set("photo", photo);
  return form;
}
