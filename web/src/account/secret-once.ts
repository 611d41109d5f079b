import { css, html, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import { AtelierElement } from "../ui/element";
import { icons } from "../ui/icons";
import { controls } from "../ui/styles";
import { pages } from "./page-style";

/** A secret that is shown this once, with a button that copies it. Fires `kept` when the person has it. */
@customElement("secret-once")
export class SecretOnce extends AtelierElement {
  @property() secret = "";
  /** What the secret is, and what for. */
  @property() label = "";
  /** What to do with it, where it is not for a server. */
  @property() advice = "";
  @state() private outcome: "copied" | "selected" | null = null;
  @query("input") private readonly field!: HTMLInputElement;

  /** Its parent draws it anew. */
  protected override watched(): readonly Observable[] {
    return [];
  }

  protected override firstUpdated(): void {
    this.field.focus();
    this.field.select();
  }

  protected override render(): TemplateResult {
    return html`
      <label class="name" for="secret">${this.label}</label>
      <p class="small muted" id="once">${this.advice || m.secret_once()}</p>
      <div class="row">
        <input class="field" id="secret" readonly spellcheck="false" aria-describedby="once" .value=${this.secret} />
        <button class="button" @click=${this.#copy}>${icons.copy}${m.secret_copy()}</button>
      </div>
      <p class="progress small good" role="status">${this.outcome ? m[`secret_${this.outcome}`]() : ""}</p>
      <button class="button more" @click=${() => this.dispatchEvent(new CustomEvent("kept"))}>${m.secret_kept()}</button>
    `;
  }

  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.secret);
      this.outcome = "copied";
    } catch {
      // Without HTTPS, or where the person forbids it, pages cannot write there: the keyboard can.
      this.field.select();
      this.outcome = "selected";
    }
  }

  static override readonly styles = [
    controls,
    pages,
    css`
      :host {
        gap: 0.625rem;
        padding: 1.25rem;
        border: 1px solid var(--accent);
        border-radius: 14px;
        background: var(--accent-soft);
      }
      .field {
        flex: 1 1 14rem;
        width: auto;
        min-width: 0;
        font-family: ui-monospace, monospace;
        font-size: 0.8125rem;
      }
      .muted {
        color: var(--ink);
      }
    `,
  ];
}
