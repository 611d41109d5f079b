import type { PoseCalls } from "../api/poses";
import type { CustomPose } from "../api/schema";
import { m } from "../paraglide/messages.js";
import { Observable } from "./observable";
import { Once } from "./once";
import { idOf, Paged } from "./paged";
import { checkPhoto, LARGEST_BYTES, measure, type Measure } from "./photo-check";
import { Task } from "./task";
import type { Wardrobe } from "./wardrobe";

const LONGEST_NAME = 80;

/** A file that a pose is to be read from. */
export interface PoseFile {
  readonly file: File;
  readonly isMotion: boolean;
  /** What keeps it from being sent. */
  readonly fault: string | null;
}

/** A person's own poses, read from photos and motions. */
export class OwnPoses extends Observable {
  readonly poses: Paged<CustomPose>;
  readonly reading = new Task();
  readonly removing = new Task();
  choice: PoseFile | null = null;
  /** The one that was read just now. */
  newest: CustomPose | null = null;
  readonly #once = new Once();

  constructor(
    private readonly calls: PoseCalls,
    private readonly wardrobe: Wardrobe,
    private readonly sizeOf: Measure = measure,
  ) {
    super();
    this.poses = new Paged((cursor) => calls.own(cursor), idOf);
    for (const part of [this.poses, this.reading, this.removing]) {
      part.subscribe(() => {
        this.changed();
      });
    }
  }

  async open(): Promise<void> {
    if (!this.poses.loaded && !this.poses.busy) await this.poses.load();
  }

  /** Holds a file, and says at once what is wrong with it. */
  async choose(file: File): Promise<void> {
    const isMotion = /\.bvh$/i.test(file.name);
    const fault = isMotion ? checkMotion(file) : await checkPhoto(file, this.sizeOf);
    this.choice = { file, isMotion, fault };
    this.newest = null;
    this.reading.forget();
  }

  /** Reads the pose of the file at hand and puts the avatar in it; whether that went well. */
  read(name: string, frame: number): Promise<boolean> {
    const { choice } = this;
    if (choice?.fault !== null) return Promise.resolve(false);
    return this.reading.run(async () => {
      const source = { ...choice, name: name.slice(0, LONGEST_NAME), frame };
      const pose = await this.#once.ask([choice.file, source.name, frame], (key) => this.calls.read(source, key));
      this.choice = null;
      this.newest = pose;
      this.poses.put(pose);
      this.wardrobe.choosePose(pose.id);
    });
  }

  /** Deletes a pose; an avatar that is in it stands at ease first. */
  remove(pose: CustomPose): Promise<boolean> {
    return this.removing.run(async () => {
      if (this.wardrobe.pose === pose.id) this.wardrobe.choosePose(null);
      await this.calls.remove(pose);
      this.poses.drop(pose);
      if (this.newest?.id === pose.id) this.newest = null;
    });
  }
}

function checkMotion(file: File): string | null {
  return file.size > LARGEST_BYTES ? m.face_too_heavy() : null;
}
