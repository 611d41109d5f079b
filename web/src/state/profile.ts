import type { Desk } from "../api/desk";
import type { ProfileChange } from "../api/schema";
import type { Account } from "./account";
import { Task } from "./task";

/** What a person changes of the account itself. */
export class Profile {
  readonly looking = new Task();
  readonly saving = new Task();
  readonly securing = new Task();
  readonly writing = new Task();
  readonly ending = new Task();

  constructor(
    private readonly desk: Desk,
    readonly account: Account,
  ) {}

  /** Looks whether the address was confirmed meanwhile. Out of reach, what is known stays on show. */
  look(): void {
    void this.looking.run(() => this.account.refresh());
  }

  save(change: ProfileChange): Promise<boolean> {
    return this.saving.run(async () => {
      this.account.adopt(await this.desk.changeProfile(change));
    });
  }

  changePassword(current: string, fresh: string): Promise<boolean> {
    return this.securing.run(() => this.desk.changePassword(current, fresh));
  }

  /** Has the letter that proves the address written again. */
  writeAgain(): Promise<boolean> {
    return this.writing.run(() => this.desk.resendVerification());
  }

  /** Deletes the account with all that belongs to it. */
  end(password: string): Promise<boolean> {
    return this.ending.run(async () => {
      await this.desk.deleteAccount(password);
      this.account.end();
    });
  }
}
