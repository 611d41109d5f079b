import type { Desk } from "../api/desk";
import type { ApiKey, ApiKeyDraft, NewApiKey } from "../api/schema";
import { idOf, Paged } from "./paged";
import { Task } from "./task";

/** The person's API keys. */
export class Keys {
  readonly list: Paged<ApiKey>;
  readonly making = new Task();
  readonly revoking = new Task();
  /** The key that was just made: nobody will see it again. */
  made: NewApiKey | null = null;

  constructor(private readonly desk: Desk) {
    this.list = new Paged(() => desk.apiKeys(), idOf);
  }

  make(draft: ApiKeyDraft): Promise<boolean> {
    return this.making.run(async () => {
      const { key, ...made } = await this.desk.makeApiKey(draft);
      this.made = { ...made, key };
      this.list.put(made);
    });
  }

  /** The person has put the key away. */
  keep(): void {
    this.made = null;
    this.making.forget();
  }

  revoke(key: ApiKey): Promise<boolean> {
    return this.revoking.run(async () => {
      await this.desk.revokeApiKey(key);
      this.list.drop(key);
      if (this.made?.id === key.id) this.made = null;
    });
  }
}
