import { Observable } from "./observable";
import { Task } from "./task";

/** Pieces are gathered to so many bytes: browsers keep large blobs on disk, and loose pieces in memory. */
const GATHERED_BYTES = 8_000_000;

/** Files that are fetched because somebody wants to keep them, one at a time. */
export class Saving extends Observable {
  readonly task = new Task();
  /** The file that is on its way. */
  name: string | null = null;
  receivedBytes = 0;

  constructor() {
    super();
    this.task.subscribe(() => {
      this.changed();
    });
  }

  /** The file; `null` where another one is on its way, or where it cannot be had. */
  async fetch(name: string, open: () => Promise<Response>): Promise<Blob | null> {
    let file: Blob | null = null;
    await this.task.run(async () => {
      this.name = name;
      this.receivedBytes = 0;
      file = await this.#read(await open());
    });
    if (!this.task.busy) this.name = null;
    return file;
  }

  async #read({ body, headers }: Response): Promise<Blob> {
    const type = headers.get("content-type") ?? "";
    const pieces = body?.getReader();
    let gathered = new Blob([], { type });
    let loose: Uint8Array<ArrayBuffer>[] = [];
    for (let looseBytes = 0; ; ) {
      const next = await pieces?.read();
      if (!next || next.done) return new Blob([gathered, ...loose], { type });
      const piece = next.value;
      loose.push(piece);
      looseBytes += piece.length;
      this.receivedBytes += piece.length;
      if (looseBytes > GATHERED_BYTES) {
        gathered = new Blob([gathered, ...loose], { type });
        [loose, looseBytes] = [[], 0];
      }
      this.changed();
    }
  }
}
