import { html, nothing, type TemplateResult } from "lit";
import { ApiError } from "../api/errors";
import type { Job } from "../api/schema";
import { explain } from "../i18n/explain";
import { dateTime, wholeNumber } from "../i18n/format";
import { m } from "../paraglide/messages.js";
import type { Paged } from "../state/paged";
import type { Task } from "../state/task";

type Part = TemplateResult | typeof nothing;
type Going = Pick<Job, "progressPercent" | "queuePosition">;

const MOODS: Readonly<Record<Job["state"], Mood>> = {
  pending: "busy",
  processing: "busy",
  completed: "good",
  failed: "bad",
  cancelled: "plain",
};

/** What went wrong, if anything. */
export function fault(failure: unknown): Part {
  return failure === null ? nothing : html`<p class="fault" role="alert">${explain(failure)} ${shortage(failure)}</p>`;
}

/** How many credits are lacking, where it is they. */
export function shortage(failure: unknown): string | typeof nothing {
  if (!(failure instanceof ApiError)) return nothing;
  const { needed, available } = failure.facts;
  return needed === undefined || available === undefined ? nothing : m.batches_needed({ needed, available });
}

/** What is going on, or how it ended well; read out when it changes. */
export function progress(busy: boolean, doing: string, done: string | null = null): TemplateResult {
  if (busy) return html`<p class="progress small" role="status"><i class="spinner"></i>${doing}</p>`;
  return html`<p class="progress small good" role="status">${done ?? nothing}</p>`;
}

/** A form's end: what went wrong or well, and the button that sends it. */
export function sender(task: Task, label: string, done: string | null = null): TemplateResult {
  return html`${fault(task.failure)}
    <div class="send">
      <button class="button primary" ?disabled=${task.busy}>${label}</button>
      ${progress(task.busy, m.common_working(), done)}
    </div>`;
}

/** Below a list: that it is on its way, that it is empty, what went wrong, and the way to more of it. */
export function below<T>(list: Paged<T>, none: string): TemplateResult {
  const isEmpty = list.loaded && list.items.length === 0;
  return html`${list.busy ? progress(true, m.common_loading()) : nothing}
    ${isEmpty ? html`<p class="muted">${none}</p>` : nothing}
    ${fault(list.failure)}
    ${list.failure !== null && !list.loaded
      ? html`<button class="button" @click=${() => list.load()}>${m.common_again()}</button>`
      : nothing}
    ${list.hasMore
      ? html`<button class="button more" ?disabled=${list.busy} @click=${() => list.more()}>${m.common_more()}</button>`
      : nothing}`;
}

/** How far a job is. */
export function meter(percent: number): TemplateResult {
  return html`<div class="meter" role="progressbar" aria-label=${m.batches_progress()} aria-valuemin="0" aria-valuemax="100"
    aria-valuenow=${percent}><i style="width: ${percent}%"></i></div>`;
}

/** The same in words; lost where news of it do not come in for now. */
export function headway({ progressPercent, queuePosition }: Going, lost: boolean): TemplateResult {
  return html`${queuePosition === null
      ? m.batches_percent({ percent: progressPercent })
      : m.batches_queue({ position: wholeNumber(queuePosition) })}
    ${lost ? html`<span role="status">${m.batches_lost()}</span>` : nothing}`;
}

/** A moment, for people and machines. */
export function moment(iso: string): TemplateResult {
  return html`<time datetime=${iso}>${dateTime(iso)}</time>`;
}

export type Mood = "good" | "bad" | "busy" | "plain";

/** One word on how something stands. */
export function badge(text: string, mood: Mood = "plain"): TemplateResult {
  return html`<span class="badge ${mood}">${text}</span>`;
}

/** One word on how a job stands. */
export function standing(state: Job["state"]): TemplateResult {
  return badge(m[`job_${state}`](), MOODS[state]);
}
