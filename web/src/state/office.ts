import type { Client } from "../api/client";
import { Desk } from "../api/desk";
import { JobCalls } from "../api/jobs";
import type { JobResult } from "../api/schema";
import { WebhookCalls } from "../api/webhooks";
import type { Language } from "../i18n/locale";
import type { Account } from "./account";
import { Batches } from "./batches";
import { Keys } from "./keys";
import { Privacy } from "./privacy";
import { Profile } from "./profile";
import { Saving } from "./saving";
import { Sessions } from "./sessions";
import { Wallet } from "./wallet";
import { Webhooks } from "./webhooks";

/** Everything the account's pages work on. */
export class Office {
  readonly profile: Profile;
  readonly wallet: Wallet;
  readonly batches: Batches;
  readonly keys: Keys;
  readonly webhooks: Webhooks;
  readonly sessions: Sessions;
  readonly privacy: Privacy;
  readonly saving = new Saving();
  readonly #desk: Desk;
  readonly #jobs: JobCalls;

  constructor(
    client: Client,
    account: Account,
    readonly language: Language,
  ) {
    this.#desk = new Desk(client);
    this.#jobs = new JobCalls(client);
    this.profile = new Profile(this.#desk, account);
    this.wallet = new Wallet(this.#desk);
    this.batches = new Batches(this.#jobs);
    this.keys = new Keys(this.#desk);
    this.webhooks = new Webhooks(new WebhookCalls(client));
    this.sessions = new Sessions(this.#desk);
    this.privacy = new Privacy(this.#desk);
  }

  /** Everything that is known of the person; `null` where it cannot be had. */
  export(): Promise<Blob | null> {
    return this.saving.fetch("export", () => this.#desk.exported());
  }

  /** A file that a batch has made; `null` where it cannot be had. */
  result(result: JobResult): Promise<Blob | null> {
    return this.saving.fetch(result.href, () => this.#jobs.result(result));
  }
}
