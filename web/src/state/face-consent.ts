import type { FaceCalls } from "../api/faces";
import type { Policy } from "../api/schema";
import { Observable } from "./observable";
import { Task } from "./task";

/** The policy on photos of faces, and whether the person has said yes to it, here and now. */
export class FaceConsent extends Observable {
  policy: Policy | null = null;
  agreed = false;
  /** Asks for the policy: without it nobody can say yes. */
  readonly reading = new Task();

  constructor(private readonly calls: FaceCalls) {
    super();
    this.reading.subscribe(() => {
      this.changed();
    });
  }

  async load(): Promise<void> {
    if (this.policy !== null) return;
    await this.reading.run(async () => {
      this.policy = (await this.calls.policy()) ?? null;
    });
  }

  agree(yes: boolean): void {
    this.agreed = yes;
    this.changed();
  }

  /** The policy that the person has said yes to; null where they have not. */
  get given(): Policy | null {
    return this.agreed ? this.policy : null;
  }

  /** Has the platform keep that yes. */
  async keep(policy: Policy): Promise<void> {
    await this.calls.consent(policy);
  }
}
