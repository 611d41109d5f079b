import { Observable } from "./observable";

const LINK = /^#(verify|reset)=([\w-]{1,256})$/;

/** What the link of a letter asks for, with the secret that opens it. */
export interface LetterLink {
  readonly purpose: "verify" | "reset";
  readonly token: string;
}

/** The link of a letter that brought somebody here. Its secret leaves the address bar, and with it the history. */
export class Letter extends Observable {
  link: LetterLink | null = null;

  constructor(private readonly page: Window) {
    super();
    this.#open();
    page.addEventListener("hashchange", () => {
      this.#open();
    });
  }

  /** The person is done with it. */
  close(): void {
    this.link = null;
    this.changed();
  }

  #open(): void {
    const { location, history } = this.page;
    const [, purpose, token] = LINK.exec(location.hash) ?? [];
    if (token === undefined) return;
    this.link = { purpose: purpose as LetterLink["purpose"], token };
    history.replaceState(null, "", location.pathname + location.search);
    this.changed();
  }
}
