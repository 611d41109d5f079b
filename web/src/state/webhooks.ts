import type { Delivery, Webhook, WebhookWithSecret } from "../api/schema";
import type { WebhookCalls, WebhookDraft } from "../api/webhooks";
import { idOf, Paged } from "./paged";
import { Task } from "./task";

/** The person's servers that hear of events. */
export class Webhooks {
  readonly list: Paged<Webhook>;
  readonly adding = new Task();
  readonly changing = new Task();
  /** A webhook whose secret has just been made: nobody will see it again. */
  revealed: WebhookWithSecret | null = null;

  constructor(private readonly calls: WebhookCalls) {
    this.list = new Paged(() => calls.all(), idOf);
  }

  add(draft: WebhookDraft): Promise<boolean> {
    return this.adding.run(async () => {
      this.#reveal(await this.calls.add(draft));
    });
  }

  rotateSecret(webhook: Webhook): Promise<boolean> {
    return this.changing.run(async () => {
      this.#reveal(await this.calls.rotateSecret(webhook));
    });
  }

  enable(webhook: Webhook, enabled: boolean): Promise<boolean> {
    return this.changing.run(async () => {
      this.list.put(await this.calls.enable(webhook, enabled));
    });
  }

  remove(webhook: Webhook): Promise<boolean> {
    return this.changing.run(async () => {
      await this.calls.remove(webhook);
      if (this.revealed?.id === webhook.id) this.revealed = null;
      this.list.drop(webhook);
    });
  }

  /** The person has put the secret away. */
  keep(): void {
    this.revealed = null;
    this.adding.forget();
  }

  /** What was sent to one of them. */
  deliveries(webhook: Webhook): Deliveries {
    return new Deliveries(this.calls, webhook);
  }

  #reveal(made: WebhookWithSecret): void {
    const { secret, ...webhook } = made;
    this.revealed = { ...webhook, secret };
    this.list.put(webhook);
  }
}

/** What was sent to one webhook in the last 30 days. */
export class Deliveries {
  readonly list: Paged<Delivery>;
  readonly sending = new Task();

  constructor(
    private readonly calls: WebhookCalls,
    private readonly webhook: Webhook,
  ) {
    this.list = new Paged((cursor) => calls.deliveries(webhook, cursor), idOf);
  }

  test(): Promise<boolean> {
    return this.sending.run(async () => {
      this.list.put(await this.calls.test(this.webhook));
    });
  }

  replay(delivery: Delivery): Promise<boolean> {
    return this.sending.run(async () => {
      this.list.put(await this.calls.replay(this.webhook, delivery));
    });
  }
}
