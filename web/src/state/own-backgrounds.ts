import type { BackgroundCalls } from "../api/backgrounds";
import type { CustomBackground } from "../api/schema";
import { Observable } from "./observable";
import { Once } from "./once";
import { idOf, Paged } from "./paged";
import { checkPhoto, measure, type Measure } from "./photo-check";
import { Task } from "./task";

const LONGEST_NAME = 64;

/** A person's own pictures to stand behind people. */
export class OwnBackgrounds extends Observable {
  readonly backgrounds: Paged<CustomBackground>;
  readonly sending = new Task();
  readonly removing = new Task();
  /** What is wrong with the file that was chosen last. */
  fault: string | null = null;
  readonly #once = new Once();
  readonly #pictures = new Map<string, Blob>();

  constructor(
    private readonly calls: BackgroundCalls,
    private readonly sizeOf: Measure = measure,
  ) {
    super();
    this.backgrounds = new Paged((cursor) => calls.list(cursor), idOf);
    for (const part of [this.backgrounds, this.sending, this.removing]) {
      part.subscribe(() => {
        this.changed();
      });
    }
  }

  async open(): Promise<void> {
    if (!this.backgrounds.loaded && !this.backgrounds.busy) await this.backgrounds.load();
  }

  /** Sends a picture, called as its file is; null where something is wrong with it. */
  async send(file: File): Promise<CustomBackground | null> {
    this.fault = await checkPhoto(file, this.sizeOf);
    this.sending.forget();
    if (this.fault !== null) return null;
    let kept: CustomBackground | null = null;
    await this.sending.run(async () => {
      const name = file.name.replace(/\.\w+$/, "").slice(0, LONGEST_NAME);
      kept = await this.#once.ask([file], (key) => this.calls.send(file, name, key));
      this.backgrounds.put(kept);
    });
    return kept;
  }

  /** The picture, which is asked for once: it never changes. */
  async picture(background: CustomBackground): Promise<Blob> {
    const { id } = background;
    const known = this.#pictures.get(id) ?? (await this.calls.picture(background));
    this.#pictures.set(id, known);
    return known;
  }

  /** Deletes a picture; whether that went well. What was drawn before it stays. */
  remove(background: CustomBackground): Promise<boolean> {
    return this.removing.run(async () => {
      await this.calls.remove(background);
      this.backgrounds.drop(background);
      this.#pictures.delete(background.id);
    });
  }
}
