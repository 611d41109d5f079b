import { faultsByField, JobFailed } from "../api/errors";
import { SLOTS, type FaceCalls, type Photos, type Slot } from "../api/faces";
import { Following } from "../api/job-events";
import type { JobCalls } from "../api/jobs";
import type { Face, Job, Policy } from "../api/schema";
import type { Avatars } from "./avatars";
import type { BodyDraft } from "./body";
import { FaceConsent } from "./face-consent";
import { Observable } from "./observable";
import { Once } from "./once";
import { hold, measure, type Measure, type Photo } from "./photo-check";
import { Task } from "./task";
import type { Wardrobe } from "./wardrobe";

interface Parts {
  readonly calls: FaceCalls;
  readonly jobs: JobCalls;
  readonly avatars: Avatars;
  readonly body: BodyDraft;
  readonly wardrobe: Wardrobe;
  readonly sizeOf?: Measure;
}

/** Three photos of a face on their way to an avatar, and the face on the avatar on show. */
export class Faces extends Observable {
  readonly making = new Task();
  readonly removing = new Task();
  readonly consent: FaceConsent;
  job: Job | null = null;
  /** The face on the avatar on show; null where it wears none, or where it is deleted. */
  worn: Face | null = null;
  readonly #choices = new Map<Slot, Photo>();
  readonly #once = new Once();
  #wornId: string | null = null;

  constructor(private readonly parts: Parts) {
    super();
    this.consent = new FaceConsent(parts.calls);
    for (const part of [this.making, this.removing, this.consent]) {
      part.subscribe(() => {
        this.changed();
      });
    }
    parts.avatars.subscribe(() => void this.#followAvatar());
  }

  choice(slot: Slot): Photo | undefined {
    return this.#choices.get(slot);
  }

  /** All three photos, where nothing is wrong with them. */
  get photos(): Photos | null {
    const [front, left, right] = SLOTS.map((slot) => this.#sound(slot));
    return front && left && right ? { front, left, right } : null;
  }

  #sound(slot: Slot): File | null {
    const choice = this.#choices.get(slot);
    return choice?.fault === null ? choice.file : null;
  }

  /** Holds a photo, and says at once what is wrong with it. */
  async choose(slot: Slot, file: File): Promise<void> {
    const photo = await hold(file, this.parts.sizeOf ?? measure);
    this.drop(slot);
    this.#choices.set(slot, photo);
    this.making.forget();
  }

  drop(slot: Slot): void {
    const { url } = this.#choices.get(slot) ?? {};
    if (url !== undefined) URL.revokeObjectURL(url);
    this.#choices.delete(slot);
    this.changed();
  }

  /** Makes an avatar of the photos, the body and the clothes at hand; whether it stands. */
  async make(): Promise<boolean> {
    const { photos } = this;
    const policy = this.consent.given;
    if (photos === null || policy === null) return false;
    const made = await this.making.run(() => this.#make(photos, policy));
    this.#tellFaults();
    return made;
  }

  /** Takes the face off the avatar on show, and deletes it. */
  remove(): Promise<boolean> {
    return this.removing.run(async () => {
      const { avatars, calls } = this.parts;
      const face = this.worn;
      const avatar = avatars.shown?.avatar;
      if (face === null || avatar === undefined) return;
      const bare = await calls.takeOff(avatar);
      await calls.deleteFace(face.id);
      await avatars.put(bare);
    });
  }

  close(): void {
    for (const slot of SLOTS) this.drop(slot);
  }

  async #make(photos: Photos, policy: Policy): Promise<void> {
    const { calls, avatars } = this.parts;
    await this.consent.keep(policy);
    const what = SLOTS.map((slot) => photos[slot]);
    const job = await this.#ended(await this.#once.ask(what, (key) => calls.start(photos, policy, this.#draft, key)));
    if (job.state !== "completed" || !job.avatarId) throw new JobFailed(job.error?.message ?? "");
    await avatars.put(await calls.avatar(job.avatarId));
    this.close();
  }

  get #draft(): Parameters<FaceCalls["start"]>[2] {
    const { body, wardrobe } = this.parts;
    const { hairstyle, hairColor } = wardrobe.look;
    return { ...body.spec, look: { hairstyle, hairColor }, outfit: wardrobe.dressing.outfit };
  }

  async #ended(job: Job): Promise<Job> {
    this.job = job;
    this.changed();
    await new Following(this.parts.jobs, job, {
      onChange: (news) => {
        this.job = news;
        this.changed();
      },
      onConnection: () => undefined,
    }).run();
    return this.job;
  }

  /** Puts what the platform says about a photo beside that photo. */
  #tellFaults(): void {
    const told = new Map<string, string>(faultsByField(this.making.failure, SLOTS));
    const { failure } = this.making;
    if (failure instanceof JobFailed) for (const { field, message } of this.job?.error?.photos ?? []) told.set(field, message);
    for (const [slot, choice] of this.#choices) {
      const fault = told.get(slot);
      if (fault !== undefined) this.#choices.set(slot, { ...choice, fault });
    }
    this.changed();
  }

  async #followAvatar(): Promise<void> {
    const id = this.parts.avatars.shown?.avatar.recipe.face?.id ?? null;
    if (id === this.#wornId) return;
    this.#wornId = id;
    this.worn = null;
    // A face may be deleted while avatars still wear it.
    const face = id === null ? null : await this.parts.calls.face(id).catch(() => null);
    if (this.#wornId !== id) return;
    this.worn = face;
    this.changed();
  }
}
