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

/** After something was sent, the pauses before each look at what came of it, in milliseconds. */
const LOOKS_MS = [500, 1000, 2000, 4000];

/** What was sent to one webhook in the last 30 days. */
export class Deliveries {
  readonly list: Paged<Delivery>;
  readonly sending = new Task();

  constructor(
    private readonly calls: WebhookCalls,
    private readonly webhook: Webhook,
    private readonly looksMs: readonly number[] = LOOKS_MS,
  ) {
    this.list = new Paged((cursor) => calls.deliveries(webhook, cursor), idOf);
  }

  /** Resolves when it was sent; what comes of it shows a moment later. */
  test(): Promise<boolean> {
    return this.#send(() => this.calls.test(this.webhook));
  }

  replay(delivery: Delivery): Promise<boolean> {
    return this.#send(() => this.calls.replay(this.webhook, delivery));
  }

  #send(send: () => Promise<Delivery>): Promise<boolean> {
    return this.sending.run(async () => {
      const sent = await send();
      this.list.put(sent);
      void this.#lookAfter(sent);
    });
  }

  async #lookAfter(sent: Delivery): Promise<void> {
    for (const ms of this.looksMs) {
      await new Promise((resolve) => setTimeout(resolve, ms));
      await this.list.load();
      const now = this.list.items.find(({ id }) => id === sent.id);
      if (now?.state !== "waiting" || now.attempts > 0) return;
    }
  }
}
