import type { UnitOfWork } from "./unit-of-work.ts";

/** One kind of thing that follows from what is known of an enrollment. */
export interface Consequence {
  /** What it follows from. While each of these is the same as when it was last derived, so is the result. */
  of(unit: UnitOfWork): readonly unknown[];
  /** Brings rows in line with their causes. Doing it once more changes nothing. */
  derive(unit: UnitOfWork): void;
}
