/** Server-sent events (WHATWG HTML, section 9.2), piece by piece. A browser's EventSource could not send the token. */

export interface ServerEvent {
  id: string;
  kind: string;
  data: string;
}

/** Makes events of a stream's text, and remembers what a reconnect needs. */
export class EventReader {
  /** Id of the last whole event: what `Last-Event-ID` says. */
  lastId = "";
  /** Pause before a reconnect, in milliseconds. */
  retryMs = 2000;
  #decoder = new TextDecoder();
  #rest = "";
  #id = "";
  #kind = "";
  #data: string[] = [];

  /** A new connection: half an event from the last one is none. */
  begin(): void {
    this.#decoder = new TextDecoder();
    this.#rest = "";
    this.#id = this.lastId;
    this.#kind = "";
    this.#data = [];
  }

  /** Take some bytes, and give the events that they complete. */
  *feed(piece: Uint8Array): Generator<ServerEvent> {
    // A carriage return at the end of a piece may be half of a line's end.
    const lines = (this.#rest + this.#decoder.decode(piece, { stream: true })).split(/\r\n|\n|\r(?=[^])/);
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      const event = line === "" ? this.#complete() : this.#field(line);
      if (event) yield event;
    }
  }

  #field(line: string): undefined {
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.#data.push(value);
    else if (name === "event") this.#kind = value;
    else if (name === "id" && !value.includes("\0")) this.#id = value;
    else if (name === "retry" && /^\d+$/.test(value)) this.retryMs = Number(value);
  }

  #complete(): ServerEvent | undefined {
    const event = { id: this.#id, kind: this.#kind || "message", data: this.#data.join("\n") };
    const isEvent = this.#data.length > 0;
    this.lastId = this.#id;
    this.#kind = "";
    this.#data = [];
    return isEvent ? event : undefined;
  }
}
