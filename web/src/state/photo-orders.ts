import { faultsByField } from "../api/errors";
import { MOST_POSES, type GenerationCalls, type PhotoOrder } from "../api/generations";
import { ENDS } from "../api/jobs";
import { QUIET, told, type Backdrop } from "../api/pictures";
import type { Generation, Policy, Prices } from "../api/schema";
import type { LocalizedText } from "../api/types";
import type { BodyDraft } from "./body";
import type { FaceConsent } from "./face-consent";
import type { Generations } from "./generations";
import { Observable } from "./observable";
import { Once } from "./once";
import { hold, measure, type Measure, type Photo } from "./photo-check";
import { Task } from "./task";
import type { Wardrobe } from "./wardrobe";

export type OrderWish = Backdrop & Pick<PhotoOrder, "quality" | "style" | "priority" | "keepPhoto">;

const MISSING = ["photo", "pose", "consent"] as const;
export type Missing = (typeof MISSING)[number];

/** A pose that a picture is wanted in. */
export interface WantedPose {
  readonly id: string;
  readonly name: LocalizedText;
}

interface Parts {
  readonly calls: GenerationCalls;
  readonly consent: FaceConsent;
  readonly generations: Generations;
  readonly body: BodyDraft;
  readonly wardrobe: Wardrobe;
  readonly sizeOf?: Measure;
}

const AT_FIRST: OrderWish = { ...QUIET, quality: "sd", style: "realistic", priority: false, keepPhoto: false };

/** What is asked of a photo: pictures of its person in poses. */
export class PhotoOrders extends Observable {
  readonly sending = new Task();
  readonly consent: FaceConsent;
  wish = AT_FIRST;
  photo: Photo | null = null;
  poses: readonly WantedPose[] = [];
  /** Ids of the pictures that were accepted last. */
  accepted: readonly string[] = [];
  readonly #once = new Once();
  /** The photo that they are drawn from. */
  #sent: Photo | null = null;

  constructor(private readonly parts: Parts) {
    super();
    this.consent = parts.consent;
    for (const part of [this.sending, this.consent]) {
      part.subscribe(() => {
        this.changed();
      });
    }
    parts.generations.subscribe(() => {
      this.#hear();
    });
  }

  /** Holds a photo, and says at once what is wrong with it. */
  async choose(file: File): Promise<void> {
    const photo = await hold(file, this.parts.sizeOf ?? measure);
    this.close();
    this.photo = photo;
    this.sending.forget();
  }

  want(part: Partial<OrderWish>): void {
    this.wish = { ...this.wish, ...part };
    this.changed();
  }

  get isFull(): boolean {
    return this.poses.length >= MOST_POSES;
  }

  /** Wants a pose, or wants it no more. */
  toggle(pose: WantedPose): void {
    const isWanted = this.poses.some(({ id }) => id === pose.id);
    if (isWanted) this.drop(pose.id);
    else if (!this.isFull) this.poses = [...this.poses, pose];
    this.sending.forget();
  }

  drop(id: string): void {
    this.poses = this.poses.filter((pose) => pose.id !== id);
    this.changed();
  }

  /** What it costs, in credits. */
  priceBy({ posePicture, hd, priority }: Prices): number {
    const each = posePicture + (this.wish.quality === "hd" ? hd : 0) + (this.wish.priority ? priority : 0);
    return each * this.poses.length;
  }

  /** What it waits for; a photo that something is wrong with is none. */
  get missing(): readonly Missing[] {
    const there = { photo: this.photo?.fault === null, pose: this.poses.length > 0, consent: this.consent.given !== null };
    return MISSING.filter((part) => !there[part]);
  }

  get isReady(): boolean {
    return this.missing.length === 0;
  }

  /** Asks for the pictures; whether they were accepted. */
  async send(): Promise<boolean> {
    const policy = this.consent.given;
    const { photo } = this;
    if (!this.isReady || photo === null || policy === null) return false;
    const isAccepted = await this.sending.run(() => this.#send(photo, policy));
    const fault = faultsByField(this.sending.failure, ["photo"]).get("photo");
    if (fault !== undefined) this.#blame(photo, fault);
    return isAccepted;
  }

  /** What was accepted last, as far as it is there still. */
  get results(): readonly Generation[] {
    return this.accepted.flatMap((id) => this.parts.generations.find(id) ?? []);
  }

  /** Something that was accepted is still to be drawn, and nothing was refused since. */
  get isUnderWay(): boolean {
    return this.sending.failure === null && this.results.some(({ state }) => !ENDS.includes(state));
  }

  /** Nothing of the photo stays on the page. */
  close(): void {
    if (this.photo) URL.revokeObjectURL(this.photo.url);
    this.photo = null;
    this.changed();
  }

  async #send(photo: Photo, policy: Policy): Promise<void> {
    await this.consent.keep(policy);
    const order = this.#order(photo, policy);
    const { photo: file, ...others } = order;
    const accepted = await this.#once.ask([file, JSON.stringify(others)], (key) => this.parts.calls.start(order, key));
    this.#sent = photo;
    this.accepted = accepted.map(({ id }) => id);
    this.parts.generations.add(accepted);
  }

  #order({ file }: Photo, { version }: Policy): PhotoOrder {
    const { background, color, lower, own, ...wish } = this.wish;
    const { outfit } = this.parts.wardrobe.dressing;
    return {
      ...wish,
      photo: file,
      poses: this.poses.map(({ id }) => id),
      background: told({ background, color, lower, own }),
      consent: version,
      // Nobody asks to be undressed by choosing nothing: plain clothes are in the colour of the photo's.
      avatar: { ...this.parts.body.spec, ...(outfit.length > 0 ? { outfit } : {}) },
    };
  }

  /** A job that failed says what is wrong with the photo. */
  #hear(): void {
    const { photo } = this;
    const [fault] = this.results.flatMap(({ error }) => error?.photos ?? []);
    if (photo !== null && photo === this.#sent && fault) this.#blame(photo, fault.message);
    else this.changed();
  }

  #blame(photo: Photo, fault: string): void {
    if (this.photo === photo) this.photo = { ...photo, fault };
    this.changed();
  }
}
