/** After how many days of silence a device counts as silent: classes are worked out where no configuration is at hand. */
import { SILENT_DAYS } from "../../plans/index.ts";
import { transaction, type SettingRow, type Write } from "../../store/index.ts";
import type { Ports } from "../ports.ts";
import { sweepFor } from "./sweep.ts";

const NAME = "silent-days";
const LOOKUP = { from: "setting", where: { name: NAME } } as const;

const daysIn = ([row]: readonly SettingRow[]): number => (row === undefined ? SILENT_DAYS : Number(row.value));

/** Where the number is another one than before, all classes are looked at. */
export const keepSilentDays = transaction({
  name: "keepSilentDays",
  reads: () => ({ kept: LOOKUP }),
  decide({ days, now }: { readonly days: number; readonly now: number }, { kept }): { writes: Write[]; result: null } {
    if (daysIn(kept) === days) return { writes: [], result: null };
    return { writes: [{ put: "setting", row: { name: NAME, value: days } }, sweepFor(now, now)], result: null };
  },
});

/** As the configuration says, from 1 to 60. */
export const rememberSilentDays = (ports: Pick<Ports, "devices" | "now">, days: number): Promise<null> =>
  ports.devices.run(keepSilentDays, { days, now: ports.now() });

export const silentDaysOf = async ({ devices }: Pick<Ports, "devices">): Promise<number> =>
  daysIn(await devices.read(LOOKUP));
