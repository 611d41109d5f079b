import { m } from "../paraglide/messages.js";

/** As `libs/photos/limits.py` has them. */
export const LARGEST_BYTES = 10_485_760;
const SMALLEST_SIDE = 224;
const LARGEST_SIDE = 4096;
const FORMATS: readonly string[] = ["image/jpeg", "image/png", "image/webp"];

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Width and height of a picture; null where it cannot be read. */
export type Measure = (file: Blob) => Promise<Size | null>;

export async function measure(file: Blob): Promise<Size | null> {
  try {
    const picture = await createImageBitmap(file);
    const { width, height } = picture;
    picture.close();
    return { width, height };
  } catch {
    return null;
  }
}

/** What keeps a file from being sent, in a sentence; null where nothing does. The platform looks once more. */
export async function checkPhoto(file: File, sizeOf: Measure): Promise<string | null> {
  if (!FORMATS.includes(file.type)) return m.face_wrong_format();
  if (file.size > LARGEST_BYTES) return m.face_too_heavy();
  const size = await sizeOf(file);
  if (size === null) return m.face_unreadable();
  if (Math.min(size.width, size.height) < SMALLEST_SIDE) return m.face_too_small({ side: SMALLEST_SIDE });
  if (Math.max(size.width, size.height) > LARGEST_SIDE) return m.face_too_large({ side: LARGEST_SIDE });
  return null;
}

/** One photo as the page holds it. */
export interface Photo {
  readonly file: File;
  /** Where the picture is to be seen. */
  readonly url: string;
  /** What is wrong with it. */
  readonly fault: string | null;
}

/** Holds a photo for the page, and says at once what is wrong with it. Whoever drops it revokes its address. */
export async function hold(file: File, sizeOf: Measure): Promise<Photo> {
  return { file, url: URL.createObjectURL(file), fault: await checkPhoto(file, sizeOf) };
}
