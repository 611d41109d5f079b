import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Office } from "../state/office";
import { AtelierElement } from "../ui/element";
import { controls } from "../ui/styles";
import "./batch-card";
import "./batch-form";
import { pages } from "./page-style";
import { below, fault } from "./parts";

/** Many avatars at once: asked for with a table, followed, and taken home. */
@customElement("batches-page")
export class BatchesPage extends AtelierElement {
  @property({ attribute: false }) office!: Office;

  protected override watched(): readonly Observable[] {
    const { batches, saving, language } = this.office;
    return [batches, batches.list, batches.cancelling, saving.task, language];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.office.saving.task.forget();
    void this.office.batches.watch();
    void this.office.wallet.readBalance();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.office.batches.leave();
  }

  protected override render(): TemplateResult {
    const { batches, saving } = this.office;
    return html`
      <section class="card">
        <h2>${m.batches_new()}</h2>
        <batch-form .office=${this.office}></batch-form>
      </section>
      ${fault(batches.cancelling.failure)} ${fault(saving.task.failure)}
      ${batches.list.items.map(
        (job) => html`<batch-card .office=${this.office} .job=${job} ?lost=${batches.isLost(job)}></batch-card>`,
      )}
      ${below(batches.list, m.batches_none())}
    `;
  }

  static override readonly styles = [controls, pages];
}
