import { html, nothing, type TemplateResult } from "lit";
import { BACKGROUNDS, type Backdrop } from "../api/pictures";
import type { CustomBackground } from "../api/schema";
import { m } from "../paraglide/messages.js";
import type { Studio } from "../state/studio";
import { colorField, selectField } from "../ui/options";
import "./own-backgrounds";

/** What stands behind a person, and the colours of it, or the person's own pictures. */
export function backdropFields(
  studio: Studio,
  { background, color, lower, own }: Backdrop,
  want: (part: Partial<Backdrop>) => void,
): TemplateResult {
  const isColored = background === "color" || background === "gradient";
  return html`${selectField({
    label: m.pictures_background(),
    options: BACKGROUNDS.map((value) => ({ value, text: m[`background_${value}`]() })),
    chosen: background,
    choose: (value) => {
      want({ background: value as Backdrop["background"] });
    },
  })}
  ${isColored
    ? colorField(m.pictures_color(), color, (chosen) => {
        want({ color: chosen });
      })
    : nothing}
  ${background === "gradient"
    ? colorField(m.pictures_lower(), lower, (chosen) => {
        want({ lower: chosen });
      })
    : nothing}
  ${background === "own"
    ? html`<own-backgrounds class="wide" .studio=${studio} .chosen=${own} @pick=${({ detail }: CustomEvent<CustomBackground>) => {
        want({ own: detail.id });
      }}></own-backgrounds>`
    : nothing}`;
}
