import { html, nothing, type TemplateResult } from "lit";
import { BACKGROUNDS, type Backdrop } from "../api/pictures";
import { m } from "../paraglide/messages.js";
import { colorField, selectField } from "../ui/options";

/** What stands behind a person, and the colours of it. */
export function backdropFields({ background, color, lower }: Backdrop, want: (part: Partial<Backdrop>) => void): TemplateResult {
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
    : nothing}`;
}
