import type { Category, Garment, OutfitItem } from "../api/types";

export interface Worn extends OutfitItem {
  readonly category: Category;
  /** Whether the person chose the size; otherwise it follows the size advice. */
  readonly sizeChosen: boolean;
}

type Slot = "whole" | "bottom" | "top";

const SLOT: Readonly<Record<Category, Slot>> = {
  dress: "whole",
  skirt: "bottom",
  trousers: "bottom",
  tshirt: "top",
  sweater: "top",
};

/** From the skin outwards. */
const ORDER: readonly Slot[] = ["whole", "bottom", "top"];

/** The outfit with `garment` on: what cannot be worn with it comes off. */
export function putOn(outfit: readonly Worn[], garment: Garment): readonly Worn[] {
  const item: Worn = {
    garmentId: garment.id,
    category: garment.category,
    size: middleSize(garment),
    color: garment.colors[0]?.color ?? "",
    sizeChosen: false,
  };
  const kept = outfit.filter((worn) => compatible(worn.category, garment.category));
  return [...kept, item].sort((a, b) => ORDER.indexOf(SLOT[a.category]) - ORDER.indexOf(SLOT[b.category]));
}

export function takeOff(outfit: readonly Worn[], garmentId: string): readonly Worn[] {
  return outfit.filter((worn) => worn.garmentId !== garmentId);
}

function compatible(a: Category, b: Category): boolean {
  return SLOT[a] !== SLOT[b] && SLOT[a] !== "whole" && SLOT[b] !== "whole";
}

/** The size to start with until advice comes. */
function middleSize(garment: Garment): string {
  return garment.sizes[Math.floor((garment.sizes.length - 1) / 2)]?.label ?? "";
}
