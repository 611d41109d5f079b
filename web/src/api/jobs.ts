import type { Client, Upload } from "./client";
import { paged } from "./desk";
import type { Job, JobResult } from "./schema";
import type { Page } from "./types";

export const ENDS: readonly Job["state"][] = ["completed", "failed", "cancelled"];

/** What has to be known of a job to hear of its changes. */
export type Followed = Pick<Job, "id" | "state"> & { readonly links: Pick<Job["links"], "events"> };

/** The calls of `/v1` about batches and their jobs. */
export class JobCalls {
  constructor(private readonly client: Client) {}

  /** Asks for a batch; the same key asks for the same one, however often. */
  startBatch(upload: Upload, key: string): Promise<Job> {
    return this.client.json("POST", "/v1/avatars/batch", { upload, headers: { "Idempotency-Key": key } });
  }

  jobs(cursor: string | null): Promise<Page<Job>> {
    return this.client.json("GET", paged("/v1/jobs", cursor));
  }

  job(id: string): Promise<Job> {
    return this.client.json("GET", `/v1/jobs/${id}`);
  }

  cancel({ id }: Job): Promise<Job> {
    return this.client.json("POST", `/v1/jobs/${id}/cancel`);
  }

  /** The job's changes as server-sent events, from the one after `lastId` on. */
  events({ links }: Followed, lastId: string, signal: AbortSignal): Promise<Response> {
    const since = lastId === "" ? {} : { "Last-Event-ID": lastId };
    return this.client.open("GET", links.events, { headers: { Accept: "text/event-stream", ...since }, signal });
  }

  result({ href }: JobResult): Promise<Response> {
    return this.client.open("GET", href);
  }
}
