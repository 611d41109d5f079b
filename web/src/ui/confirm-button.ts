import { css, html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import { AtelierElement } from "./element";
import { controls } from "./styles";

/** A button that asks once more before it fires `confirmed`. Escape, or a look elsewhere, is a no. */
@customElement("confirm-button")
export class ConfirmButton extends AtelierElement {
  @property() label = "";
  /** What the button says to those who cannot see where it stands. */
  @property() name = "";
  /** What is asked: it says what will happen. */
  @property() question = "";
  @property({ type: Boolean }) disabled = false;
  @state() private asking = false;

  /** Its parent draws it anew. */
  protected override watched(): readonly Observable[] {
    return [];
  }

  protected override render(): TemplateResult {
    if (!this.asking) {
      return html`<button class="button small-button" aria-label=${this.name || this.label} ?disabled=${this.disabled}
        @click=${this.#ask}>${this.label}</button>`;
    }
    return html`<div role="group" aria-label=${this.question} @keydown=${this.#onKey} @focusout=${this.#onFocusOut}>
      <span class="small">${this.question}</span>
      <button class="button small-button danger" ?disabled=${this.disabled} @click=${this.#confirm}>${this.label}</button>
      <button class="button small-button" @click=${this.#refuse}>${m.confirm_no()}</button>
    </div>`;
  }

  async #ask(): Promise<void> {
    this.asking = true;
    await this.updateComplete;
    // The harmless answer is the one that a second press of the same key gives.
    this.renderRoot.querySelector<HTMLElement>("button:last-of-type")?.focus();
  }

  async #refuse(): Promise<void> {
    this.asking = false;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("button")?.focus();
  }

  #confirm(): void {
    this.asking = false;
    this.dispatchEvent(new CustomEvent("confirmed"));
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === "Escape") void this.#refuse();
  }

  #onFocusOut({ relatedTarget }: FocusEvent): void {
    if (relatedTarget instanceof Node && !this.renderRoot.contains(relatedTarget)) this.asking = false;
  }

  static override readonly styles = [
    controls,
    css`
      :host {
        display: inline-block;
      }
      div {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem;
      }
    `,
  ];
}
