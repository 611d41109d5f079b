import type { Job } from "../src/api/schema";

/** A job of ten rows, as the platform tells of it. */
export function job(id: string, change: Partial<Job> = {}): Job {
  return {
    id,
    kind: "avatar_batch",
    state: "processing",
    progressPercent: 0,
    queuePosition: null,
    lane: "normal",
    credits: 10,
    items: { total: 10, made: 0, failed: 0 },
    error: null,
    revision: 1,
    createdAt: "2026-01-02T03:04:05Z",
    startedAt: null,
    endedAt: null,
    results: [],
    avatarId: null,
    faceId: null,
    links: { self: `/v1/jobs/${id}`, events: `/v1/jobs/${id}/events` },
    ...change,
  };
}

/** An event of a stream. */
export function event(news: Job): string {
  return `id: ${news.revision}\nevent: job\ndata: ${JSON.stringify(news)}\n\n`;
}

/** An answer that tells so much, and then ends; one that tells nothing stays open. */
export function stream(text: string | null): Response {
  const body = new ReadableStream<Uint8Array>({
    start(control) {
      if (text === null) return;
      control.enqueue(new TextEncoder().encode(text));
      control.close();
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}
