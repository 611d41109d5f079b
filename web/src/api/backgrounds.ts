import type { Client } from "./client";
import { paged } from "./desk";
import type { CustomBackground } from "./schema";
import type { Page } from "./types";

const PATH = "/v1/backgrounds";

/** The calls of `/v1` about a person's own pictures to stand behind people. */
export class BackgroundCalls {
  constructor(private readonly client: Client) {}

  list(cursor: string | null): Promise<Page<CustomBackground>> {
    return this.client.json("GET", paged(PATH, cursor));
  }

  /** Has a picture kept; the same key asks for the same one. */
  send(file: File, name: string, key: string): Promise<CustomBackground> {
    const form = new FormData();
    form.set("name", name);
    form.set("picture", file);
    return this.client.json("POST", PATH, { form, headers: { "Idempotency-Key": key } });
  }

  async picture({ links }: CustomBackground): Promise<Blob> {
    const answer = await this.client.open("GET", links.picture);
    return answer.blob();
  }

  remove({ id }: CustomBackground): Promise<void> {
    return this.client.empty("DELETE", `${PATH}/${id}`);
  }
}
