import type { Desk } from "../api/desk";
import type { Consent, Policy } from "../api/schema";
import { idOf, Paged } from "./paged";
import { Task } from "./task";

/** What the person has allowed, and what is known of them. */
export class Privacy {
  /** Every consent that was given or taken back, newest first. */
  readonly history: Paged<Consent>;
  readonly reading = new Task();
  readonly consenting = new Task();
  policies: readonly Policy[] = [];

  constructor(private readonly desk: Desk) {
    this.history = new Paged((cursor) => desk.consents(cursor), idOf);
  }

  async load(): Promise<void> {
    await Promise.all([
      this.history.load(),
      this.reading.run(async () => {
        this.policies = await this.desk.policies();
      }),
    ]);
  }

  /** Whether the person consents to that policy in that version. */
  isGiven({ purpose, version }: Policy): boolean {
    const latest = this.history.items.find((consent) => consent.purpose === purpose);
    return latest?.given === true && latest.policyVersion === version;
  }

  consent({ purpose, version }: Policy, given: boolean): Promise<boolean> {
    return this.consenting.run(async () => {
      this.history.put(await this.desk.consent({ purpose, policyVersion: version, given }));
    });
  }
}
