import type { Desk } from "../api/desk";
import type { CreditEntry, Credits, Prices } from "../api/schema";
import { Paged } from "./paged";
import { Task } from "./task";

/** What the person has to spend, how it came about, and what work costs. */
export class Wallet {
  readonly statement: Paged<CreditEntry>;
  readonly reading = new Task();
  credits: Credits | null = null;
  prices: Prices | null = null;

  constructor(private readonly desk: Desk) {
    this.statement = new Paged(
      (cursor) => desk.statement(cursor),
      ({ number }) => number,
    );
  }

  async load(): Promise<void> {
    await Promise.all([this.readBalance(), this.statement.load()]);
  }

  readBalance(): Promise<boolean> {
    return this.reading.run(async () => {
      // Prices are settings of the platform: once is enough.
      [this.credits, this.prices] = await Promise.all([this.desk.credits(), this.prices ?? this.desk.prices()]);
    });
  }
}
