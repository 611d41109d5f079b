import type { Atelier } from "../api/atelier";
import type { Avatar, Dressing, Garment, Hairstyle, Look, Measurements, SizeAdvice, Skin } from "../api/types";
import { Latest } from "./latest";
import { Observable } from "./observable";
import { putOn, takeOff, type Worn } from "./outfit";

/** Advice follows when the measurements rest. */
const ADVICE_QUIET_MS = 250;

/** What there is to wear, what is worn, and which sizes would suit. */
export class Wardrobe extends Observable {
  garments: readonly Garment[] = [];
  hairstyles: readonly Hairstyle[] = [];
  skins: readonly Skin[] = [];
  look: Look = { skin: "", hairstyle: "", hairColor: "" };
  outfit: readonly Worn[] = [];
  /** The pose that the avatar is in; null for the A pose. */
  pose: string | null = null;
  advice: ReadonlyMap<string, SizeAdvice> = new Map();
  failure: unknown = null;
  /** Grows with every change of look, outfit or pose. */
  revision = 0;

  #measurements: Measurements = {};
  readonly #advising = new Latest<Measurements>((body) => this.#advise(body), { quietMs: ADVICE_QUIET_MS });

  constructor(private readonly api: Atelier) {
    super();
  }

  get dressing(): Dressing {
    const outfit = this.outfit.map(({ garmentId, size, color }) => ({ garmentId, size, color }));
    return { look: this.look, outfit, ...(this.pose === null ? {} : { pose: this.pose }) };
  }

  /** What the person has chosen otherwise than a made avatar has it; the rest is the avatar's own, as a face's skin is. */
  changes({ recipe }: Avatar): Dressing {
    const { look, outfit } = this.dressing;
    const posed = this.pose === (recipe.pose ?? null) ? {} : { pose: this.pose ?? "" };
    const parts = Object.entries(look) as [keyof Look, string][];
    return { look: Object.fromEntries(parts.filter(([part, value]) => value !== recipe.look[part])), outfit, ...posed };
  }

  get skinColor(): string | null {
    return this.skins.find((skin) => skin.id === this.look.skin)?.color ?? null;
  }

  async load(): Promise<void> {
    try {
      [this.garments, this.hairstyles, this.skins] = await Promise.all([
        this.api.garments(),
        this.api.hairstyles(),
        this.api.skins(),
      ]);
      this.look = this.#firstLook();
      this.failure = null;
    } catch (failure) {
      this.failure = failure;
    }
    this.changed();
  }

  garment(id: string): Garment | undefined {
    return this.garments.find((garment) => garment.id === id);
  }

  worn(garmentId: string): Worn | undefined {
    return this.outfit.find((worn) => worn.garmentId === garmentId);
  }

  toggle(garment: Garment): void {
    this.#dress(this.worn(garment.id) ? takeOff(this.outfit, garment.id) : putOn(this.outfit, garment));
  }

  chooseSize(garmentId: string, size: string): void {
    this.#change(garmentId, { size, sizeChosen: true });
  }

  chooseColor(garmentId: string, color: string): void {
    this.#change(garmentId, { color });
  }

  chooseLook(part: Partial<Look>): void {
    this.look = { ...this.look, ...part };
    this.#edited();
  }

  chooseHairstyle(hairstyle: Hairstyle): void {
    const keeps = hairstyle.colors.some(({ color }) => color === this.look.hairColor);
    const hairColor = keeps ? this.look.hairColor : (hairstyle.colors[0]?.color ?? "");
    this.chooseLook({ hairstyle: hairstyle.id, hairColor });
  }

  choosePose(pose: string | null): void {
    this.pose = pose;
    this.#edited();
  }

  /** Takes over what a made avatar wears, and its pose. */
  wear({ recipe }: Avatar): void {
    this.look = recipe.look;
    this.pose = recipe.pose ?? null;
    this.outfit = recipe.outfit.flatMap((item) => {
      const garment = this.garment(item.garmentId);
      return garment ? [{ ...item, category: garment.category, sizeChosen: true }] : [];
    });
    this.#edited();
  }

  /** The body changed: sizes that were not chosen by hand follow. */
  fit(measurements: Measurements): void {
    this.#measurements = measurements;
    this.#askAdvice();
  }

  /** Resolves when the advice has caught up. */
  settled(): Promise<void> {
    return this.#advising.settled();
  }

  #firstLook(): Look {
    const hairstyle = this.hairstyles[0];
    const skin = this.skins[Math.floor((this.skins.length - 1) / 2)];
    return { skin: skin?.id ?? "", hairstyle: hairstyle?.id ?? "", hairColor: hairstyle?.colors[0]?.color ?? "" };
  }

  #change(garmentId: string, change: Partial<Worn>): void {
    this.#dress(this.outfit.map((worn) => (worn.garmentId === garmentId ? { ...worn, ...change } : worn)));
  }

  #dress(outfit: readonly Worn[]): void {
    this.outfit = outfit;
    this.#edited();
    this.#askAdvice();
  }

  #edited(): void {
    this.revision += 1;
    this.changed();
  }

  #askAdvice(): void {
    if (this.outfit.length > 0 && Object.keys(this.#measurements).length > 0) this.#advising.submit(this.#measurements);
  }

  async #advise(measurements: Measurements): Promise<void> {
    try {
      const worn = this.outfit.map(({ garmentId }) => garmentId);
      const answers = await Promise.all(worn.map((id) => this.api.sizeAdvice(measurements, id)));
      this.advice = new Map(answers.map((answer, i) => [worn[i] ?? "", answer]));
      this.failure = null;
      this.#followAdvice();
    } catch (failure) {
      this.failure = failure;
    }
    this.changed();
  }

  #followAdvice(): void {
    const followed = this.outfit.map((worn) => {
      const size = this.advice.get(worn.garmentId)?.recommended;
      return worn.sizeChosen || size === undefined ? worn : { ...worn, size };
    });
    if (followed.some((worn, i) => worn.size !== this.outfit[i]?.size)) {
      this.outfit = followed;
      this.revision += 1;
    }
  }
}
