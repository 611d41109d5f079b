import type { Generation } from "../src/api/schema";
import { json } from "./platform";

export const PATH = "/v1/poses/generations";

/** A picture that waits, as the platform tells of it. */
export function generation(id: string, change: Partial<Generation> = {}): Generation {
  const self = `${PATH}/${id}`;
  return {
    id,
    poseId: "tree",
    quality: "sd",
    style: "realistic",
    state: "pending",
    progressPercent: 0,
    queuePosition: 1,
    priority: false,
    credits: 5,
    error: null,
    clampedBones: [],
    createdAt: "2026-01-02T03:04:05Z",
    endedAt: null,
    ...change,
    links: { self, job: `/v1/jobs/${id}`, picture: null, photo: null, ...change.links },
  };
}

/** One that is there. */
export function drawn(id: string): Generation {
  const links = { self: `${PATH}/${id}`, job: `/v1/jobs/${id}`, picture: `${PATH}/${id}.png`, photo: null };
  return generation(id, { state: "completed", progressPercent: 100, links });
}

/** A page of them. */
export function listed(data: readonly Generation[], nextCursor: string | null = null): Response {
  return json({ data, nextCursor, meta: { total: data.length, limit: 12, offset: 0, hasMore: nextCursor !== null } });
}
