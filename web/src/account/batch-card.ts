import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { ENDS } from "../api/jobs";
import type { Job, JobResult } from "../api/schema";
import { fileSize, wholeNumber } from "../i18n/format";
import { m } from "../paraglide/messages.js";
import type { Observable } from "../state/observable";
import type { Office } from "../state/office";
import "../ui/confirm-button";
import { AtelierElement } from "../ui/element";
import { icons } from "../ui/icons";
import { save } from "../ui/save";
import { controls } from "../ui/styles";
import { pages } from "./page-style";
import { headway, meter, moment, standing } from "./parts";

/** One job: how far it is, what came of it, and its files. */
@customElement("batch-card")
export class BatchCard extends AtelierElement {
  @property({ attribute: false }) office!: Office;
  @property({ attribute: false }) job!: Job;
  /** News of it do not come in for now. */
  @property({ type: Boolean }) lost = false;

  protected override watched(): readonly Observable[] {
    return [this.office.saving, this.office.language];
  }

  protected override render(): TemplateResult {
    const { kind, state, createdAt, error } = this.job;
    const title = titleOf(this.job);
    return html`<article class="card" aria-label=${title}>
      <div class="what">
        <span class="row">
          <span class="name">${title}</span>
          <span role="status">${standing(state)}</span>
        </span>
        <span class="small muted">${moment(createdAt)} ${kind === "avatar_batch" ? html`· ${this.#made()}` : nothing}</span>
      </div>
      ${ENDS.includes(state) ? nothing : this.#underWay()}
      ${error ? html`<p class="fault">${error.message}</p>` : nothing}
      ${this.job.results.length > 0 ? this.#results() : nothing}
    </article>`;
  }

  #made(): string {
    const { made, failed } = this.job.items;
    const told = m.batches_made({ made: wholeNumber(made) });
    return failed === 0 ? told : `${told} · ${m.batches_failed({ failed: wholeNumber(failed) })}`;
  }

  #underWay(): TemplateResult {
    return html`${meter(this.job.progressPercent)}
      <div class="row">
        <span class="what small muted">${headway(this.job, this.lost)}</span>
        <confirm-button .label=${m.batches_cancel()} .question=${m.batches_cancel_question()}
          ?disabled=${this.office.batches.cancelling.busy} @confirmed=${() => this.office.batches.cancel(this.job)}></confirm-button>
      </div>`;
  }

  #results(): TemplateResult {
    return html`<div class="row">${this.job.results.map((result) => this.#result(result))}</div>`;
  }

  #result(result: JobResult): TemplateResult {
    const { saving } = this.office;
    const isComing = saving.name === result.href;
    const share = isComing ? Math.floor((100 * saving.receivedBytes) / Math.max(result.size, 1)) : 0;
    return html`<button class="button small-button" ?disabled=${saving.task.busy} aria-busy=${isComing}
      @click=${() => this.#save(result)}>
      ${icons.download}${result.name}
      <span class="small muted">${isComing ? m.batches_percent({ percent: share }) : fileSize(result.size)}</span>
    </button>`;
  }

  async #save(result: JobResult): Promise<void> {
    const file = await this.office.result(result);
    if (file) save(file, `atelier-${this.job.id}-${result.name}`);
  }

  static override readonly styles = [controls, pages];
}

function titleOf({ kind, items }: Job): string {
  return kind === "avatar_batch" ? m.batches_count({ count: wholeNumber(items.total) }) : m[`job_kind_${kind}`]();
}
