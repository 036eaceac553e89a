/** The moment that a server of this database has believed last, so that the next start can tell how long it was away. */
import type { ClockView } from "../../contract/index.ts";
import type { DeviceStore } from "../../store/index.ts";
import { CLOCK, noteMoment } from "./settings.ts";
import type { ClockPort } from "../ports.ts";

/** Undefined at the first start. */
export async function recordedMoment(devices: DeviceStore): Promise<number | undefined> {
  const [row] = await devices.read({ from: "setting", where: { name: CLOCK } });
  const { at } = (row?.value ?? {}) as { at?: unknown };
  return typeof at === "number" ? at : undefined;
}

/** Of several processes the latest moment stays: each judges its own clock by it. */
export async function recordMoment(devices: Pick<DeviceStore, "run">, clock: ClockPort): Promise<void> {
  await devices.run(noteMoment, clock.record());
}

const instant = (ms: number): string => new Date(ms).toISOString();

export function clockView(clock: ClockPort): ClockView {
  const suspicion = clock.suspicion();
  const system = clock.system();
  return {
    trustedAt: instant(suspicion === null ? system : system - suspicion.ahead),
    systemAt: instant(system),
    suspect:
      suspicion === null
        ? null
        : { sinceAt: instant(suspicion.since), untilAt: instant(suspicion.until), aheadMs: suspicion.ahead },
  };
}
