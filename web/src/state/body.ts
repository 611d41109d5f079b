import type { Atelier } from "../api/atelier";
import { faultsByField } from "../api/errors";
import { MEASUREMENTS, type Avatar, type BodySpec, type BodyType, type Estimate, type MeasurementName, type Measurements } from "../api/types";
import { parseBody, parseTopology, type PreviewBody, type Topology } from "../preview/format";
import { Latest } from "./latest";
import { Observable } from "./observable";

/** What helps the estimate and is not measured with a tape. */
export type Hint = "weightKg" | "age";
export type BodyField = MeasurementName | Hint;

const FIELDS: readonly BodyField[] = [...MEASUREMENTS, "weightKg", "age"];

/** A slider sends its steps faster than a body can be drawn: about 12 previews a second are enough. */
const PREVIEW_GAP_MS = 80;
/** The other sliders follow when the hand rests. */
const ESTIMATE_QUIET_MS = 150;

export interface Preview {
  readonly topology: Topology;
  readonly body: PreviewBody;
}

/** The person being measured: what was asked, what the population says about the rest, and the body it makes. */
export class BodyDraft extends Observable {
  bodyType: BodyType = "feminine";
  readonly asked = new Map<MeasurementName, number>();
  readonly hints = new Map<Hint, number>();
  estimates: ReadonlyMap<MeasurementName, Estimate> = new Map();
  preview: Preview | null = null;
  /** Grows with every change of the person. */
  revision = 0;

  #topology: Promise<Topology> | null = null;
  readonly #failures = new Map<"estimate" | "preview" | "avatar", unknown>();
  readonly #estimating = new Latest<BodySpec>((spec) => this.#estimate(spec), { quietMs: ESTIMATE_QUIET_MS });
  readonly #previewing = new Latest<BodySpec>((spec) => this.#draw(spec), { gapMs: PREVIEW_GAP_MS }, () => {
    this.changed();
  });

  constructor(private readonly api: Atelier) {
    super();
  }

  get spec(): BodySpec {
    const hints: Partial<Record<Hint, number>> = Object.fromEntries(this.hints);
    return { measurements: Object.fromEntries(this.asked), bodyType: this.bodyType, ...hints };
  }

  /** All 15 in millimetres: what was asked, and the estimates. */
  get completed(): Measurements {
    return Object.fromEntries([...this.estimates.keys()].map((name) => [name, this.millimetres(name)]));
  }

  /** What a slider shows, in millimetres; `null` before the first estimate. */
  millimetres(name: MeasurementName): number | null {
    return this.asked.get(name) ?? this.estimates.get(name)?.valueMm ?? null;
  }

  /** The preview is not that of the sliders yet. */
  get isFollowing(): boolean {
    return this.#previewing.isBusy;
  }

  /** What is wrong with a field, in the words of the platform. */
  faultOf(field: BodyField): string | null {
    for (const failure of this.#failures.values()) {
      const fault = faultsByField(failure, FIELDS).get(field);
      if (fault !== undefined) return fault;
    }
    return null;
  }

  /** A failure to estimate or to draw that belongs to no field. */
  get failure(): unknown {
    const failures = [this.#failures.get("estimate"), this.#failures.get("preview")];
    return failures.find((failure) => failure !== undefined && faultsByField(failure, FIELDS).size === 0) ?? null;
  }

  ask(name: MeasurementName, mm: number): void {
    this.asked.set(name, mm);
    this.#edited();
  }

  /** Hands a measurement back to the estimate. */
  release(name: MeasurementName): void {
    this.asked.delete(name);
    this.#edited();
  }

  releaseAll(): void {
    this.asked.clear();
    this.#edited();
  }

  hint(name: Hint, value: number | null): void {
    if (value === null) this.hints.delete(name);
    else this.hints.set(name, value);
    this.#edited();
  }

  chooseType(bodyType: BodyType): void {
    this.bodyType = bodyType;
    this.#edited();
  }

  /** Takes over the person of a made avatar. */
  load({ recipe, receipt }: Avatar): void {
    this.bodyType = recipe.bodyType;
    this.asked.clear();
    for (const line of receipt.measurements) if (line.askedMm !== null) this.asked.set(line.name, line.askedMm);
    this.hints.clear();
    if (recipe.weightKg !== undefined) this.hints.set("weightKg", recipe.weightKg);
    if (recipe.age !== undefined) this.hints.set("age", recipe.age);
    this.#edited();
  }

  /** Reports what making an avatar of this person failed with. */
  refused(failure: unknown): void {
    this.#settle("avatar", failure);
    this.changed();
  }

  /** Asks again, for instance after a change of language. */
  refresh(): void {
    this.#estimating.submit(this.spec);
    this.#previewing.submit(this.spec);
  }

  /** Resolves when estimates and preview have caught up. */
  async settled(): Promise<void> {
    await Promise.all([this.#estimating.settled(), this.#previewing.settled()]);
  }

  #edited(): void {
    this.revision += 1;
    this.#failures.delete("avatar");
    this.refresh();
    this.changed();
  }

  async #estimate(spec: BodySpec): Promise<void> {
    await this.#attempt("estimate", async () => {
      this.estimates = new Map((await this.api.estimate(spec)).map((estimate) => [estimate.name, estimate]));
    });
  }

  async #draw(spec: BodySpec): Promise<void> {
    await this.#attempt("preview", async () => {
      const [topology, bytes] = await Promise.all([this.#mesh(), this.api.preview(spec)]);
      this.preview = { topology, body: parseBody(bytes, topology.vertexCount) };
    });
  }

  /** Runs one request and keeps what it failed with; the last good answer stays on the page. */
  async #attempt(what: "estimate" | "preview", request: () => Promise<void>): Promise<void> {
    try {
      await request();
      this.#settle(what, null);
    } catch (failure) {
      this.#settle(what, failure);
    }
    this.changed();
  }

  #settle(what: "estimate" | "preview" | "avatar", failure: unknown): void {
    if (failure === null) this.#failures.delete(what);
    else this.#failures.set(what, failure);
  }

  #mesh(): Promise<Topology> {
    this.#topology ??= this.api.topology().then(parseTopology, (failure: unknown) => {
      this.#topology = null;
      throw failure;
    });
    return this.#topology;
  }
}
