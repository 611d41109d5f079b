import type { Client } from "./client";
import { paged } from "./desk";
import { told, type PictureWish } from "./pictures";
import type { Generation, NewShare, Share, ShareDraft } from "./schema";
import type { Avatar, Page } from "./types";

const PATH = "/v1/shares";

/** What a link shows: an avatar as it is to be drawn, in the pose that it is in, or a finished picture in a pose. */
export type Shareable = { readonly avatar: Avatar; readonly wish: PictureWish } | { readonly generation: Generation };

export interface ShareWish {
  /** What people read beside the picture; may be empty. */
  readonly title: string;
  readonly hours: number;
}

/** The calls of `/v1` about share links. */
export class ShareCalls {
  constructor(private readonly client: Client) {}

  make(shown: Shareable, wish: ShareWish): Promise<NewShare> {
    return this.client.json("POST", PATH, { body: { ...wish, ...draftOf(shown) } });
  }

  list(cursor: string | null): Promise<Page<Share>> {
    return this.client.json("GET", paged(PATH, cursor));
  }

  revoke({ id }: Share): Promise<void> {
    return this.client.empty("DELETE", `${PATH}/${id}`);
  }
}

function draftOf(shown: Shareable): Partial<ShareDraft> {
  if ("generation" in shown) return { generationId: shown.generation.id };
  const { camera, style, size } = shown.wish;
  return { avatarId: shown.avatar.id, camera, style, size, background: told(shown.wish) };
}
