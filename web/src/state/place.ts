import { Observable } from "./observable";

export const SECTIONS = ["profile", "credits", "batches", "keys", "webhooks", "sessions", "privacy"] as const;
export type Section = (typeof SECTIONS)[number];

const ADDRESS = /^#account\/(\w+)$/;

/** Where in the page somebody is: in the studio, or at a section of the account. It stands in the address bar. */
export class Place extends Observable {
  /** `null` in the studio. */
  section: Section | null = null;

  constructor(private readonly page: Window) {
    super();
    this.#follow();
    page.addEventListener("hashchange", () => {
      this.#follow();
      this.changed();
    });
  }

  #follow(): void {
    const [, name] = ADDRESS.exec(this.page.location.hash) ?? [];
    this.section = SECTIONS.find((section) => section === name) ?? null;
  }
}

/** The address of a section, for links. */
export function addressOf(section: Section): string {
  return `#account/${section}`;
}

/** The address of the studio: no section has that name. */
export const STUDIO = "#studio";
