import type { Client } from "./client";
import type { Consent, Face, Job, Policy } from "./schema";
import type { Avatar, BodySpec, OutfitItem } from "./types";

export const SLOTS = ["front", "left", "right"] as const;
export type Slot = (typeof SLOTS)[number];
export type Photos = Readonly<Record<Slot, File>>;

/** What the photos do not say: the skin is the face's own. */
export interface PhotoDraft extends BodySpec {
  readonly look: { readonly hairstyle: string; readonly hairColor: string };
  readonly outfit: readonly OutfitItem[];
}

/** The calls of `/v1` about faces from photos. */
export class FaceCalls {
  constructor(private readonly client: Client) {}

  /** The policy on photos of faces that is in force. */
  async policy(): Promise<Policy | undefined> {
    const { data } = await this.client.json<{ readonly data: readonly Policy[] }>("GET", "/v1/consents/policies", { open: true });
    return data.find(({ purpose }) => purpose === "face_photos");
  }

  consent({ purpose, version }: Policy): Promise<Consent> {
    return this.client.json("POST", "/v1/me/consents", { body: { purpose, policyVersion: version, given: true } });
  }

  /** Asks for an avatar with the face of the photos; the same key asks for the same one. */
  start(photos: Photos, { version }: Policy, draft: PhotoDraft, key: string): Promise<Job> {
    const form = new FormData();
    form.set("consent", version);
    form.set("avatar", JSON.stringify(draft));
    for (const slot of SLOTS) form.set(slot, photos[slot]);
    return this.client.json("POST", "/v1/avatars/from-photos", { form, headers: { "Idempotency-Key": key } });
  }

  avatar(id: string): Promise<Avatar> {
    return this.client.json("GET", `/v1/avatars/${id}`);
  }

  face(id: string): Promise<Face> {
    return this.client.json("GET", `/v1/faces/${id}`);
  }

  takeOff({ id }: Avatar): Promise<Avatar> {
    return this.client.json("DELETE", `/v1/avatars/${id}/face`);
  }

  deleteFace(id: string): Promise<void> {
    return this.client.empty("DELETE", `/v1/faces/${id}`);
  }
}
