import { ApiError, faultsByField } from "../api/errors";
import { SLOTS, type FaceCalls, type Photos, type Slot } from "../api/faces";
import { Following } from "../api/job-events";
import type { JobCalls } from "../api/jobs";
import type { Face, Job, Policy } from "../api/schema";
import type { Avatars } from "./avatars";
import type { BodyDraft } from "./body";
import { Observable } from "./observable";
import { checkPhoto, measure, type Choice, type Measure } from "./photo-check";
import { Task } from "./task";
import type { Wardrobe } from "./wardrobe";

/** The job has failed, and says why. */
export class JobFailed extends Error {}

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
  policy: Policy | null = null;
  /** Whether the person has said yes to the policy, here and now. */
  agreed = false;
  job: Job | null = null;
  /** The face on the avatar on show; null where it wears none, or where it is deleted. */
  worn: Face | null = null;
  readonly #choices = new Map<Slot, Choice>();
  #asked: { readonly photos: Photos; readonly key: string } | null = null;
  #wornId: string | null = null;

  constructor(private readonly parts: Parts) {
    super();
    for (const task of [this.making, this.removing]) {
      task.subscribe(() => {
        this.changed();
      });
    }
    parts.avatars.subscribe(() => void this.#followAvatar());
  }

  choice(slot: Slot): Choice | undefined {
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

  async load(): Promise<void> {
    this.policy ??= (await this.parts.calls.policy()) ?? null;
    this.changed();
  }

  /** Holds a photo, and says at once what is wrong with it. */
  async choose(slot: Slot, file: File): Promise<void> {
    const fault = await checkPhoto(file, this.parts.sizeOf ?? measure);
    this.drop(slot);
    this.#choices.set(slot, { slot, file, url: URL.createObjectURL(file), fault });
    this.making.forget();
  }

  drop(slot: Slot): void {
    const { url } = this.#choices.get(slot) ?? {};
    if (url !== undefined) URL.revokeObjectURL(url);
    this.#choices.delete(slot);
    this.changed();
  }

  agree(yes: boolean): void {
    this.agreed = yes;
    this.changed();
  }

  /** Makes an avatar of the photos, the body and the clothes at hand; whether it stands. */
  async make(): Promise<boolean> {
    const { photos, policy } = this;
    if (photos === null || policy === null || !this.agreed) return false;
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
    await calls.consent(policy);
    const job = await this.#ended(await this.#start(photos, policy));
    if (job.state !== "completed" || !job.avatarId) throw new JobFailed(job.error?.message ?? "");
    await avatars.put(await calls.avatar(job.avatarId));
    this.close();
  }

  /** The same photos once more, after an answer that got lost, are the same job and paid once. */
  async #start(photos: Photos, policy: Policy): Promise<Job> {
    if (!this.#asked || SLOTS.some((slot) => this.#asked?.photos[slot] !== photos[slot])) {
      this.#asked = { photos, key: crypto.randomUUID() };
    }
    try {
      const job = await this.parts.calls.start(photos, policy, this.#draft, this.#asked.key);
      this.#asked = null;
      return job;
    } catch (failure) {
      if (failure instanceof ApiError && !failure.retryable) this.#asked = null;
      throw failure;
    }
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
