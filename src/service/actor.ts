/** In whose name something is asked for. Every use case that changes anything takes its actor first. */
import type { DeviceStore } from "../store/index.ts";

export interface Actor {
  /** `token:NAME`, `account:ID`, `gate` or `system` (api A9): kept with what it makes. */
  readonly name: string;
  /** As the store's. For a request it adds the row of the audit to the transaction that carries out the wish (`server/audit.ts`). */
  readonly run: DeviceStore["run"];
  /** Told the id of the one device that the request names. */
  readonly found: (id: string) => void;
}

/** The server itself, and whoever runs it in the same process: nothing of this is in the audit. */
export function systemActor({ devices }: { readonly devices: Pick<DeviceStore, "run"> }): Actor {
  return { name: "system", run: (transaction, input) => devices.run(transaction, input), found: () => undefined };
}
