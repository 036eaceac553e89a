/** What a device must have by declaration, and how far it has it, as an admin reads it. */
import type { DeviceDetail } from "../../contract/index.ts";
import type { DeclarativeRow, Flag } from "../../store/index.ts";
import { isoTime, isoTimeOrNull } from "../iso-time.ts";

export function declarativeView(row: DeclarativeRow, enforces: Flag | null): NonNullable<DeviceDetail["declarative"]> {
  return {
    takesUpdates: enforces === null ? null : enforces === 1,
    declarations: row.items.map(({ identifier }) => identifier),
    leftOut: row.leftOut.map(({ rule, code, detail }) => ({ rule, reason: code, sentence: detail })),
    changedAt: isoTime(row.changedAt),
    syncedAt: isoTimeOrNull(row.syncedAt),
    current: row.syncedToken === row.token,
    reportedAt: isoTimeOrNull(row.reportedAt),
  };
}
