import type { LocalizedText } from "../api/types";
import { isLocale, locales, overwriteGetLocale, type Locale } from "../paraglide/runtime.js";
import { Observable } from "../state/observable";

const KEY = "atelier.language";

export { locales, type Locale };

/** The page's language: chosen once by the browser's wish, later by the person, and remembered. */
export class Language extends Observable {
  #current: Locale;

  constructor(
    private readonly storage: Storage,
    wishes: readonly string[],
  ) {
    super();
    this.#current = this.#remembered() ?? firstKnown(wishes) ?? "en";
    overwriteGetLocale(() => this.#current);
  }

  get current(): Locale {
    return this.#current;
  }

  choose(locale: Locale): void {
    this.#current = locale;
    this.storage.setItem(KEY, locale);
    this.changed();
  }

  /** The catalogue's text in the page's language. */
  of(text: LocalizedText): string {
    return text[this.#current];
  }

  #remembered(): Locale | undefined {
    const stored = this.storage.getItem(KEY);
    return isLocale(stored) ? stored : undefined;
  }
}

function firstKnown(wishes: readonly string[]): Locale | undefined {
  return wishes.map((wish) => wish.slice(0, 2).toLowerCase()).find(isLocale);
}
