import type { Delivery, WebhookEvent } from "../api/schema";
import { m } from "../paraglide/messages.js";

/** What a webhook may be told of. */
export const EVENTS: readonly WebhookEvent[] = ["job.completed", "job.failed", "job.cancelled"];

/** An event in the page's language. */
export function eventName(event: Delivery["event"]): string {
  const names: Readonly<Record<Delivery["event"], string>> = {
    "job.completed": m.event_job_completed(),
    "job.failed": m.event_job_failed(),
    "job.cancelled": m.event_job_cancelled(),
    "webhook.test": m.event_webhook_test(),
  };
  return names[event];
}
