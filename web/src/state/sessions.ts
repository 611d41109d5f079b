import type { Desk } from "../api/desk";
import type { Session } from "../api/schema";
import { idOf, Paged } from "./paged";
import { Task } from "./task";

/** Where the person is logged in. */
export class Sessions {
  readonly list: Paged<Session>;
  readonly ending = new Task();

  constructor(private readonly desk: Desk) {
    this.list = new Paged(() => desk.sessions(), idOf);
  }

  end(session: Session): Promise<boolean> {
    return this.ending.run(async () => {
      await this.desk.endSession(session);
      this.list.drop(session);
    });
  }

  endOthers(): Promise<boolean> {
    return this.ending.run(async () => {
      await this.desk.endOtherSessions();
      await this.list.load();
    });
  }
}
