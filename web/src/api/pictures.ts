import type { Client } from "./client";
import type { Job } from "./schema";
import type { Avatar } from "./types";

export const CAMERAS = ["fullbody", "portrait", "side", "back"] as const;
export const STYLES = ["realistic", "cartoon", "anime"] as const;
export const BACKGROUNDS = ["quiet", "color", "gradient", "transparent", "own"] as const;
export const SIZES = [512, 1024, 2048] as const;

/** What stands behind a person. Colours are `#rrggbb`. */
export interface Backdrop {
  readonly background: (typeof BACKGROUNDS)[number];
  readonly color: string;
  /** The lower one of a gradient. */
  readonly lower: string;
  /** Id of one of the person's own pictures; null until one is chosen. */
  readonly own: string | null;
}

export const QUIET: Backdrop = { background: "quiet", color: "#dcebe5", lower: "#1e5b4d", own: null };

/** How an avatar is to be drawn. `size` is pixels a side, of pictures alone. */
export interface PictureWish extends Backdrop {
  readonly camera: (typeof CAMERAS)[number];
  readonly style: (typeof STYLES)[number];
  readonly size: (typeof SIZES)[number];
}

/** A film that is there, or the job that draws it. */
export type Film = { readonly file: Blob } | { readonly job: Job };

const ACCEPTED = 202;

/** The calls of `/v1` about an avatar's pictures and videos. */
export class PictureCalls {
  constructor(private readonly client: Client) {}

  async picture(avatar: Avatar, wish: PictureWish): Promise<Blob> {
    const query = drawn(wish);
    query.set("size", String(wish.size));
    const data = await this.client.bytes("GET", `${avatar.links.self}.png?${query.toString()}`);
    return new Blob([data], { type: "image/png" });
  }

  /** Asks for a turntable; the same one is paid once, however often it is asked for. */
  async film(avatar: Avatar, wish: PictureWish): Promise<Film> {
    const answer = await this.client.open("GET", `${avatar.links.self}.mp4?${drawn(wish).toString()}`);
    if (answer.status === ACCEPTED) return { job: (await answer.json()) as Job };
    return { file: new Blob([await answer.arrayBuffer()], { type: "video/mp4" }) };
  }
}

function drawn({ camera, style, ...wish }: PictureWish): URLSearchParams {
  const query = new URLSearchParams({ camera, style });
  const background = told(wish);
  if (background !== null) query.set("background", background);
  return query;
}

/** A backdrop as `/v1` has it; null for the usual one. */
export function told({ background, color, lower, own }: Backdrop): string | null {
  if (background === "quiet") return null;
  if (background === "own") return own;
  if (background === "transparent") return "transparent";
  const colors = background === "color" ? [color] : [color, lower];
  return colors.map((each) => each.replace("#", "")).join(",");
}
