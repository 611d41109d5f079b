import { html, nothing, type TemplateResult } from "lit";

export interface TextField {
  /** Id and name; one of its kind in the element. */
  readonly name: string;
  readonly label: string;
  readonly type?: "text" | "email" | "password" | "url";
  readonly autocomplete?: AutoFill;
  readonly value?: string;
  readonly maxLength?: number;
  readonly hint?: string | undefined;
  /** What is wrong with it; it stands in the hint's place. */
  readonly fault?: string | undefined;
}

/** A line of text with its label, and below it a hint or what is wrong. */
export function textField({ name, label, type, autocomplete = "off", maxLength, value, ...notes }: TextField): TemplateResult {
  return html`<div>
    <label for=${name}>${label}</label>
    <input class="field" id=${name} name=${name} type=${type ?? "text"} autocomplete=${autocomplete} required
      maxlength=${maxLength ?? nothing} value=${value ?? nothing}
      aria-invalid=${notes.fault ? "true" : "false"} aria-describedby=${notes.fault || notes.hint ? `${name}-note` : nothing} />
    ${note(`${name}-note`, notes)}
  </div>`;
}

function note(id: string, { fault, hint }: Pick<TextField, "fault" | "hint">): TemplateResult | typeof nothing {
  if (fault) return html`<p class="fault" id=${id} role="alert">${fault}</p>`;
  return hint ? html`<p class="small muted" id=${id}>${hint}</p>` : nothing;
}

/** What stands in a form's fields of text. */
export function textsOf(form: HTMLFormElement): Readonly<Record<string, string>> {
  const inputs = [...form.querySelectorAll<HTMLInputElement>("input.field")];
  return Object.fromEntries(inputs.map(({ name, value }) => [name, value]));
}

/** The values of the boxes of that name that are checked. */
export function checkedIn(form: HTMLFormElement, name: string): readonly string[] {
  const boxes = [...form.querySelectorAll<HTMLInputElement>(`input[name="${name}"]`)];
  return boxes.filter(({ checked }) => checked).map(({ value }) => value);
}
