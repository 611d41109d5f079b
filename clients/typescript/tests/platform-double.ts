/** A server that answers what it is told to, in that order, and remembers what it was asked. */

import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { Atelier, type Job } from "../src/index.js";

export interface Asked {
  what: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Answer {
  /** 0 ends the connection without an answer. */
  status: number;
  body?: string;
  headers?: Record<string, string>;
  /** Ends the connection after the body, as if more had been to come. */
  breaksOff?: boolean;
}

export const CUT: Answer = { status: 0 };

export class PlatformDouble {
  readonly asked: Asked[] = [];
  readonly #answers: Answer[] = [];
  readonly #server: Server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const body = Buffer.concat(pieces).toString();
      this.asked.push({ what: `${request.method} ${request.url}`, headers: request.headers, body });
      const answer = this.#answers.shift() ?? refused(500, "nothing_was_prepared");
      if (answer.status === 0) return request.socket.destroy();
      const length = answer.breaksOff ? { "content-length": "999999" } : {};
      response.writeHead(answer.status, { connection: "close", ...length, ...answer.headers });
      if (!answer.breaksOff) return response.end(answer.body);
      return response.write(answer.body ?? "", () => request.socket.destroy());
    });
  });

  static async start(): Promise<PlatformDouble> {
    const double = new PlatformDouble();
    await new Promise<void>((resolve) => double.#server.listen(0, "127.0.0.1", resolve));
    return double;
  }

  /** Answer the next requests so. */
  will(...answers: Answer[]): void {
    this.#answers.push(...answers);
  }

  client(): Atelier {
    const { port } = this.#server.address() as AddressInfo;
    return new Atelier({ baseUrl: `http://127.0.0.1:${port}/`, apiKey: "atk_1", retries: { most: 3, firstMs: 1, longestMs: 5000 } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export function said(value: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return { status, body: JSON.stringify(value), headers: { "content-type": "application/json", ...headers } };
}

export function refused(status: number, code: string, headers: Record<string, string> = {}): Answer {
  const retryable = [429, 503, 504].includes(status) || code === "idempotency_in_progress";
  const problem = { success: false, error: `no: ${code}`, code, details: [], requestId: "r-1", retryable };
  return said(problem, status, headers);
}

export function events(...told: (Job | string)[]): Answer {
  const lines = told.map((each) =>
    typeof each === "string" ? each : `id: ${each.revision}\nevent: job\ndata: ${JSON.stringify(each)}\n\n`,
  );
  return { status: 200, body: ["retry: 1\n\n", ...lines].join(""), headers: { "content-type": "text/event-stream" } };
}

export function job(state: Job["state"], revision: number, over: Partial<Job> = {}): Job {
  return {
    id: "j-1",
    kind: "avatar_batch",
    state,
    progressPercent: 50,
    queuePosition: null,
    lane: "normal",
    credits: 2,
    items: { total: 2, made: 1, failed: 0 },
    error: null,
    revision,
    createdAt: "2026-01-02T03:04:05Z",
    startedAt: null,
    endedAt: null,
    results: [],
    avatarId: null,
    faceId: null,
    links: { self: "/v1/jobs/j-1", events: "/v1/jobs/j-1/events" },
    ...over,
  };
}
