/** What the parts of the suite share. */
import type { AdminStore } from "./admin-store.ts";
import type { Write } from "./transaction.ts";
import type { DeviceStore } from "./store.ts";

export interface Opened {
  readonly devices: DeviceStore;
  readonly admin: AdminStore;
  close(): Promise<void>;
}

export interface Given {
  /** The store of the test at hand. */
  readonly store: Opened;
  readonly put: (...writes: Write[]) => Promise<unknown>;
}
