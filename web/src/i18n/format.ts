import { getLocale } from "../paraglide/runtime.js";

/** Millimetres as centimetres with one decimal, in the page's language: `1725` is `172.5` or `172,5`. */
export function centimetres(mm: number): string {
  return decimal(mm / 10, 1);
}

/** A number with exactly so many decimals, in the page's language. */
export function decimal(value: number, decimals: number): string {
  return new Intl.NumberFormat(getLocale(), {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    useGrouping: false,
  }).format(value);
}

/** Millimetres with a sign, such as `+12` or `−0.4`. */
export function signedMillimetres(mm: number, decimals = 0): string {
  return new Intl.NumberFormat(getLocale(), {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    signDisplay: "exceptZero",
  }).format(mm);
}

export function wholeNumber(value: number): string {
  return new Intl.NumberFormat(getLocale()).format(value);
}

/** A day and a time, such as `21 Nov 2026, 09:14`. */
export function dateTime(iso: string): string {
  return new Intl.DateTimeFormat(getLocale(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
}

/** A day, such as `21 Nov 2026`. */
export function day(iso: string): string {
  return new Intl.DateTimeFormat(getLocale(), { dateStyle: "medium" }).format(new Date(iso));
}

/** A change with its sign, such as `+100` or `−5`. */
export function signedNumber(value: number): string {
  return new Intl.NumberFormat(getLocale(), { signDisplay: "exceptZero" }).format(value);
}

/** The size of a file, such as `1.4 MB`. */
export function fileSize(bytes: number): string {
  const unit = bytes < 1e6 ? "kilobyte" : "megabyte";
  const value = bytes / (unit === "kilobyte" ? 1e3 : 1e6);
  const maximumFractionDigits = value < 10 ? 1 : 0;
  return new Intl.NumberFormat(getLocale(), { style: "unit", unit, maximumFractionDigits }).format(value);
}

/** A number typed by a person, with a point or a comma; `null` when it is none. */
export function parseNumber(text: string): number | null {
  const plain = text.trim().replace(",", ".");
  return /^\d+(\.\d*)?$/.test(plain) ? Number(plain) : null;
}
