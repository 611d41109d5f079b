import { svg, type SVGTemplateResult } from "lit";
import type { Category } from "../api/types";

function icon(shape: SVGTemplateResult): SVGTemplateResult {
  return svg`<svg viewBox="0 0 20 20" width="18" height="18" fill="none" stroke="currentColor" stroke-width="1.6"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${shape}</svg>`;
}

export const icons = {
  reset: icon(svg`<path d="M4 10a6 6 0 1 0 1.9-4.4"/><path d="M4 3.4v3.2h3.2"/>`),
  info: icon(svg`<circle cx="10" cy="10" r="7"/><path d="M10 9.4v4"/><path d="M10 6.6v.01"/>`),
  download: icon(svg`<path d="M10 3v9"/><path d="m6.4 8.6 3.6 3.6 3.6-3.6"/><path d="M3.6 16.4h12.8"/>`),
  back: icon(svg`<path d="m12.4 5-5 5 5 5"/>`),
  copy: icon(svg`<rect x="7" y="7" width="9.4" height="9.4" rx="1.6"/><path d="M13 4.8V3.6H5.2A1.6 1.6 0 0 0 3.6 5.2V13h1.2"/>`),
  person: icon(svg`<circle cx="10" cy="6.8" r="3.2"/><path d="M3.8 16.6c.8-3.4 3.2-5 6.2-5s5.4 1.6 6.2 5"/>`),
  unfold: icon(svg`<path d="m5 12.4 5-5 5 5"/>`),
  nearer: icon(svg`<path d="M10 4.5v11M4.5 10h11"/>`),
  farther: icon(svg`<path d="M4.5 10h11"/>`),
  remove: icon(svg`<path d="M4 5.6h12M8 5.4V3.6h4v1.8M5.6 5.6l.7 10.8h7.4l.7-10.8"/>`),
  check: icon(svg`<path d="m4.5 10.5 3.6 3.6 7.4-8"/>`),
  warning: icon(svg`<path d="M10 3.4 2.8 16.2h14.4z"/><path d="M10 8.4v3.4M10 13.9v.01"/>`),
} as const;

/** Outlines of garments on a 40 x 40 field. */
const SILHOUETTES: Readonly<Record<Category, string>> = {
  dress: "M15 4c1 3 9 3 10 0l3 2-2 9-1 4 6 16c-6 2.4-16 2.4-22 0l6-16-1-4-2-9z",
  skirt: "M14 8h12l1 4 5 21c-7 2.4-17 2.4-24 0l5-21z",
  sweater: "M15 6c1 2.6 9 2.6 10 0l6 2.5 5 20-5 1.5-3.5-12V34h-15V18L9 30l-5-1.5 5-20z",
  tshirt: "M15 7c1 2.6 9 2.6 10 0l6 2.5 4 7.5-5 2.8-2-2.8V34H12V17l-2 2.8L5 17l4-7.5z",
  trousers: "M13 5h14l1 5 2 26h-7l-3-20-3 20h-7l2-26z",
};

export function silhouette(category: Category, color: string): SVGTemplateResult {
  return svg`<svg viewBox="0 0 40 40" width="40" height="40" aria-hidden="true">
    <path d=${SILHOUETTES[category]} fill=${color} stroke="var(--line-strong)" stroke-width="1" stroke-linejoin="round"/>
  </svg>`;
}

export const logo = svg`<svg viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="1.8"
  stroke-linecap="round" aria-hidden="true">
  <path d="M4.5 20 12 3.5 19.5 20"/><path d="M6.8 14.8c3 2.4 7.4 2.4 10.4 0" stroke="var(--tape)"/>
</svg>`;
