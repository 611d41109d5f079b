import type { Client } from "./client";
import { paged, whole } from "./desk";
import type { Delivery, Webhook, WebhookEvent, WebhookWithSecret } from "./schema";
import type { Page } from "./types";

export interface WebhookDraft {
  readonly url: string;
  /** Empty for everything. */
  readonly events: readonly WebhookEvent[];
}

/** The calls of `/v1` about servers that hear of events. */
export class WebhookCalls {
  constructor(private readonly client: Client) {}

  async all(): Promise<Page<Webhook>> {
    return whole(await this.client.json("GET", "/v1/webhooks"));
  }

  add(draft: WebhookDraft): Promise<WebhookWithSecret> {
    return this.client.json("POST", "/v1/webhooks", { body: draft });
  }

  enable({ id }: Webhook, enabled: boolean): Promise<Webhook> {
    return this.client.json("PATCH", `/v1/webhooks/${id}`, { body: { enabled } });
  }

  remove({ id }: Webhook): Promise<void> {
    return this.client.empty("DELETE", `/v1/webhooks/${id}`);
  }

  rotateSecret({ id }: Webhook): Promise<WebhookWithSecret> {
    return this.client.json("POST", `/v1/webhooks/${id}/rotate-secret`);
  }

  test({ id }: Webhook): Promise<Delivery> {
    return this.client.json("POST", `/v1/webhooks/${id}/test`);
  }

  deliveries({ id }: Webhook, cursor: string | null): Promise<Page<Delivery>> {
    return this.client.json("GET", paged(`/v1/webhooks/${id}/deliveries`, cursor));
  }

  replay({ id }: Webhook, delivery: Delivery): Promise<Delivery> {
    return this.client.json("POST", `/v1/webhooks/${id}/deliveries/${delivery.id}/replay`);
  }
}
