import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { CreditEntry, Credits, Prices } from "../api/schema";
import { signedNumber, wholeNumber } from "../i18n/format";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Office } from "../state/office";
import { AtelierElement } from "../ui/element";
import { controls } from "../ui/styles";
import { facts } from "./facts-style";
import { pages } from "./page-style";
import { below, fault, moment, progress } from "./parts";

const PRICES: readonly (keyof Prices)[] = [
  "avatar",
  "preview",
  "batchAvatar",
  "faceAvatar",
  "posePicture",
  "tryOn",
  "turntable",
  "hd",
  "priority",
];

/** What the person has to spend, what work costs, and the statement. */
@customElement("credits-page")
export class CreditsPage extends AtelierElement {
  @property({ attribute: false }) office!: Office;

  protected override watched(): readonly Observable[] {
    const { wallet, language } = this.office;
    return [wallet.reading, wallet.statement, language];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.office.wallet.load();
  }

  protected override render(): TemplateResult {
    const { reading, credits, prices, statement } = this.office.wallet;
    return html`
      <section class="card">
        ${credits ? this.#balance(credits) : progress(reading.busy, m.common_loading())}
        ${fault(reading.failure)}
      </section>
      <section class="card">
        <h2>${m.credits_statement()}</h2>
        <ul class="list">${statement.items.map((entry) => this.#entry(entry))}</ul>
        ${below(statement, m.credits_none())}
      </section>
      ${prices ? this.#prices(prices) : nothing}
    `;
  }

  #balance({ balance, held }: Credits): TemplateResult {
    return html`<p class="balance"><b>${wholeNumber(balance)}</b> ${m.credits_available()}</p>
      ${held > 0 ? html`<p class="small muted">${m.credits_held({ held: wholeNumber(held) })}</p>` : nothing}`;
  }

  #entry(entry: CreditEntry): TemplateResult {
    return html`<li>
      <span class="what">
        <span class="name">${titleOf(entry)}</span>
        <span class="small muted">${moment(entry.createdAt)}</span>
      </span>
      <span class="sum">
        <b>${signedNumber(entry.change)}</b>
        <span class="small muted">${m.credits_left({ balance: wholeNumber(entry.balance) })}</span>
      </span>
    </li>`;
  }

  #prices(prices: Prices): TemplateResult {
    return html`<section class="card">
      <h2>${m.credits_prices()}</h2>
      <dl>
        ${PRICES.map(
          (name) => html`<dt>${m[`price_${name}`]()}</dt>
            <dd>${prices[name] === 0 ? m.price_free() : wholeNumber(prices[name])}</dd>`,
        )}
      </dl>
      <p class="small muted">${m.credits_later()}</p>
    </section>`;
  }

  static override readonly styles = [
    controls,
    pages,
    facts,
    css`
      .balance b {
        font-size: 2.25rem;
        font-weight: 500;
        letter-spacing: -0.02em;
        font-variant-numeric: tabular-nums;
      }
      .sum {
        display: grid;
        justify-items: end;
        font-variant-numeric: tabular-nums;
      }
      .sum b {
        font-weight: 500;
      }
      dl {
        grid-template-columns: minmax(0, 1fr) max-content;
        gap: 0.5rem 1.25rem;
      }
      dt,
      dd + dt {
        margin: 0;
        color: var(--ink);
      }
      dd {
        text-align: right;
        font-variant-numeric: tabular-nums;
      }
    `,
  ];
}

/** What a line of the statement is about. The platform's own reasons are known by name; others are an administrator's. */
function titleOf({ kind, change, heldChange, reason }: CreditEntry): string {
  const paid = wholeNumber(-(change + heldChange));
  const titles: Readonly<Record<CreditEntry["kind"], string>> = {
    grant: reason === "welcome" ? m.entry_welcome() : reason || m.entry_grant(),
    reserve: m.entry_reserve(),
    capture: m.entry_capture({ credits: paid }),
    release: m.entry_release(),
  };
  return titles[kind];
}
