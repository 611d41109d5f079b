/** The JSON of `/v1`. Lengths are millimetres; tape points are metres in the frame of the GLB. */

export const MEASUREMENTS = [
  "stature",
  "neck_girth",
  "biacromial_breadth",
  "chest_girth",
  "waist_girth",
  "hip_girth",
  "upper_arm_girth",
  "wrist_girth",
  "thigh_girth",
  "knee_girth",
  "calf_girth",
  "ankle_girth",
  "arm_length",
  "inside_leg",
  "back_length",
] as const;

export type MeasurementName = (typeof MEASUREMENTS)[number];
export type Measurements = Partial<Record<MeasurementName, number>>;

export const BODY_TYPES = ["feminine", "masculine", "neutral"] as const;
export type BodyType = (typeof BODY_TYPES)[number];

export type Source = "asked" | "estimated";
export type Span = readonly [number, number];
export type Point = readonly [number, number, number];

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresIn: number;
}

export interface BodySpec {
  readonly measurements: Measurements;
  readonly bodyType: BodyType;
  readonly weightKg?: number;
  readonly age?: number;
}

export interface Estimate {
  readonly name: MeasurementName;
  readonly valueMm: number;
  readonly source: Source;
  readonly intervalMm: Span;
  readonly limitsMm: Span;
}

export interface Look {
  readonly skin: string;
  readonly hairstyle: string;
  readonly hairColor: string;
}

export interface OutfitItem {
  readonly garmentId: string;
  readonly size: string;
  readonly color: string;
}

/** A person's face on an avatar. */
export interface RecipeFace {
  readonly id: string;
  readonly skinColor: string;
  readonly eyeColor: string | null;
}

export interface Recipe extends BodySpec {
  readonly seed: number;
  readonly modelVersion: string;
  readonly look: Look;
  readonly outfit: readonly OutfitItem[];
  readonly face?: RecipeFace | null;
  /** A pose of the catalogue, or one of the person's own; none is the A pose. */
  readonly pose?: string | null;
}

export interface ReceiptLine {
  readonly name: MeasurementName;
  readonly askedMm: number | null;
  readonly targetMm: number;
  readonly deliveredMm: number;
  readonly errorMm: number;
  readonly source: Source;
  readonly intervalMm: Span;
  readonly feasible: boolean;
  readonly tape: readonly Point[];
}

export interface BesideLine {
  readonly name: string;
  readonly deliveredMm: number;
  readonly tape: readonly Point[];
}

export interface WeightLine {
  readonly askedKg: number | null;
  readonly estimatedKg: number;
  readonly errorKg: number | null;
  readonly intervalKg: Span;
}

/** Volume, skin and weight are missing from avatars that were made before they were measured. */
export interface Receipt {
  readonly measurements: readonly ReceiptLine[];
  readonly beside: readonly BesideLine[];
  readonly volumeL: number | null;
  readonly surfaceAreaM2: number | null;
  readonly weight: WeightLine | null;
  readonly withinIso20685: boolean;
  readonly pointCount: number;
  readonly vertexCount: number;
  readonly faceCount: number;
}

export const FILE_FORMATS = ["glb", "vrm", "usdz", "obj", "ply", "stl"] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

export interface Avatar {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly recipe: Recipe;
  readonly receipt: Receipt;
  readonly links: Readonly<Record<"self" | FileFormat, string>>;
}

export interface Dressing {
  readonly look: Partial<Look>;
  readonly outfit: readonly OutfitItem[];
  /** Empty for the A pose; where it is left out, the pose stays. */
  readonly pose?: string;
}

export interface Page<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}

export interface LocalizedText {
  readonly en: string;
  readonly fr: string;
}

export interface ColorOption {
  readonly color: string;
  readonly name: LocalizedText;
}

export type Category = "dress" | "skirt" | "sweater" | "tshirt" | "trousers";
export type Zone = "chest" | "waist" | "hip" | "upperArm" | "upper_arm" | "thigh";

export interface Garment {
  readonly id: string;
  readonly category: Category;
  readonly name: LocalizedText;
  readonly sizes: readonly { readonly label: string }[];
  readonly colors: readonly ColorOption[];
}

export interface Hairstyle {
  readonly id: string;
  readonly name: LocalizedText;
  readonly colors: readonly ColorOption[];
}

export interface Skin {
  readonly id: string;
  readonly color: string;
  readonly name: LocalizedText;
}

export type Fit = "tight" | "good" | "loose";

export interface ZoneFit {
  readonly zone: Zone;
  readonly bodyMm: number;
  readonly garmentMm: number;
  readonly easeMm: number;
  readonly fit: Fit;
}

export interface SizeFit {
  readonly label: string;
  readonly score: number;
  readonly zones: readonly ZoneFit[];
}

export interface SizeAdvice {
  readonly recommended: string;
  readonly confidence: number;
  readonly sizes: readonly SizeFit[];
}

export interface FieldFault {
  readonly field?: string;
  readonly code?: string;
  readonly message?: string;
}

export type Facts = Readonly<Record<string, string | number>>;

export interface Problem {
  readonly success: false;
  readonly error: string;
  readonly code: string;
  /** The fields at fault, or facts that belong to the code, such as the credits `needed`. */
  readonly details?: readonly FieldFault[] | Facts;
  readonly requestId?: string;
  readonly retryable?: boolean;
}
