import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { fault, progress } from "../account/parts";
import { MOST_POSES, QUALITIES } from "../api/generations";
import { STYLES } from "../api/pictures";
import type { Prices } from "../api/schema";
import { wholeNumber } from "../i18n/format";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import { idOf } from "../state/paged";
import type { OrderWish, WantedPose } from "../state/photo-orders";
import type { Studio } from "../state/studio";
import { consentBox } from "../ui/consent-box";
import { AtelierElement } from "../ui/element";
import { marks } from "../ui/marks";
import { optionFields, selectField } from "../ui/options";
import { photoField, photoFields } from "../ui/photo-field";
import { controls } from "../ui/styles";
import { tick, ticks } from "../ui/tick";
import { backdropFields } from "./backdrop-fields";
import "./generation-view";
import "./pose-shelves";
import { wantedList, wantedPoses } from "./wanted-poses";

/** A photo, poses and the rest of what pictures of a person need; below it what comes of them. */
@customElement("photo-order-form")
export class PhotoOrderForm extends AtelierElement {
  @property({ attribute: false }) studio!: Studio;
  /** The poses are being chosen, and have the place to themselves. */
  @state() private isChoosing = false;
  @query(".poses-button") private readonly posesButton!: HTMLElement | null;
  @query("section") private readonly results!: HTMLElement | null;
  @query(".done") private readonly doneButton!: HTMLElement | null;

  protected override watched(): readonly Observable[] {
    const { photoOrders, wallet, language } = this.studio;
    return [photoOrders, wallet.reading, language];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.studio.photoOrders.consent.load();
    void this.studio.generations.watch();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.studio.generations.leave();
  }

  protected override render(): TemplateResult {
    return this.isChoosing ? this.#shelves() : html`${this.#form()} ${this.#results()}`;
  }

  #form(): TemplateResult {
    const { photoOrders } = this.studio;
    const { sending } = photoOrders;
    return html`
      <p class="small muted">${m.order_lead()}</p>
      <div class="person">
        ${photoField({
          id: "photo",
          title: m.order_photo(),
          hint: m.order_photo_hint(),
          photo: photoOrders.photo,
          choose: (file) => void photoOrders.choose(file),
        })}
        ${wantedPoses(this.studio, () => void this.#choose())}
      </div>
      ${this.#options()} ${consentBox(photoOrders.consent, m.order_consent)} ${this.#cost()} ${fault(sending.failure)}
      <button class="button primary" ?disabled=${sending.busy || !photoOrders.isReady} @click=${this.#send}>
        ${m.order_send()}</button>
      ${this.#missing()}
      ${progress(sending.busy, m.face_sending(), photoOrders.isUnderWay ? m.order_accepted() : null)}
    `;
  }

  #options(): TemplateResult {
    const { photoOrders } = this.studio;
    const { wish } = photoOrders;
    const want = (part: Partial<OrderWish>): void => {
      photoOrders.want(part);
    };
    return html`<div class="options">
        ${selectField({
          label: m.order_quality(),
          options: QUALITIES.map((value) => ({ value, text: m[`order_quality_${value}`]() })),
          chosen: wish.quality,
          choose: (quality) => {
            want({ quality: quality as OrderWish["quality"] });
          },
        })}
        ${selectField({
          label: m.pictures_style(),
          options: STYLES.map((value) => ({ value, text: m[`style_${value}`]() })),
          chosen: wish.style,
          choose: (style) => {
            want({ style: style as OrderWish["style"] });
          },
        })}
        ${backdropFields(this.studio, wish, want)}
      </div>
      <div class="small ticks">
        ${tick(m.order_priority(), wish.priority, (priority) => {
          want({ priority });
        })}
        ${tick(m.order_keep_photo(), wish.keepPhoto, (keepPhoto) => {
          want({ keepPhoto });
        })}
      </div>`;
  }

  #cost(): TemplateResult | typeof nothing {
    const { credits, prices } = this.studio.wallet;
    const { poses } = this.studio.photoOrders;
    if (!credits || !prices) return nothing;
    const balance = wholeNumber(credits.balance);
    return html`<p class="small cost" role="status">${poses.length === 0 ? this.#priceList(prices, balance) : m.order_cost({
      count: poses.length,
      price: wholeNumber(this.studio.photoOrders.priceBy(prices)),
      balance,
    })}</p>`;
  }

  #priceList({ posePicture: price, hd, priority }: Prices, balance: string): string {
    return m.order_prices({ price, hd, priority, balance });
  }

  /** Why the button does nothing yet. */
  #missing(): TemplateResult | typeof nothing {
    const { missing } = this.studio.photoOrders;
    if (missing.length === 0) return nothing;
    const parts = missing.map((part) => m[`order_missing_${part}`]());
    return html`<p class="small muted">${m.order_missing({ parts: parts.join(", ") })}</p>`;
  }

  #results(): TemplateResult | typeof nothing {
    const { results } = this.studio.photoOrders;
    if (results.length === 0) return nothing;
    return html`<section aria-label=${m.order_results()}>
      ${repeat(results, idOf, (one) => html`<generation-view .studio=${this.studio} .generation=${one}></generation-view>`)}
    </section>`;
  }

  #shelves(): TemplateResult {
    const { photoOrders } = this.studio;
    const chosen = photoOrders.poses.map(idOf);
    return html`<div class="bar">
        <span class="small" role="status">${m.order_chosen({ count: chosen.length, most: MOST_POSES })}</span>
        <button class="button small-button primary done" @click=${this.#done}>${m.order_done()}</button>
      </div>
      <pose-shelves .studio=${this.studio} .chosen=${chosen} @choose=${({ detail }: CustomEvent<WantedPose>) => {
        photoOrders.toggle(detail);
      }}></pose-shelves>`;
  }

  async #send(): Promise<void> {
    if (!(await this.studio.photoOrders.send())) return;
    await this.updateComplete;
    this.results?.scrollIntoView({ block: "nearest" });
  }

  async #choose(): Promise<void> {
    this.isChoosing = true;
    await this.updateComplete;
    this.doneButton?.focus();
  }

  async #done(): Promise<void> {
    this.isChoosing = false;
    await this.updateComplete;
    this.posesButton?.focus();
  }

  static override readonly styles = [
    controls,
    marks,
    optionFields,
    photoFields,
    ticks,
    wantedList,
    css`
      :host,
      section,
      .ticks {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1rem;
        align-content: start;
      }
      section {
        gap: 1.5rem;
        padding-top: 1rem;
        border-top: 1px solid var(--line);
      }
      .person {
        display: grid;
        grid-template-columns: minmax(0, 2fr) minmax(0, 3fr);
        gap: 1rem;
      }
      .ticks {
        gap: 0.5rem;
      }
      .bar {
        position: sticky;
        top: 0;
        z-index: 1;
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 1rem;
        padding: 0.5rem 0;
        background: var(--surface);
      }
      .button.primary:not(.small-button) {
        min-height: 2.75rem;
      }
    `,
  ];
}
