/** `uptick remove`: what an admin reads of a removal. */
import type { DeviceRemoval } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import type { EnrollmentRow } from "../../store/index.ts";
import { readingOf } from "../catalog/catalog.ts";
import { type MayStill, removeDevice } from "./remove.ts";
import { isoTime } from "../iso-time.ts";
import type { Ports } from "../ports.ts";
import { deviceView } from "../views.ts";

export async function removed(ports: Ports, enrollment: EnrollmentRow, dryRun: boolean): Promise<DeviceRemoval> {
  const { admin, devices } = ports;
  const { id: enrollmentId } = enrollment;
  const input = { enrollmentId, dryRun, by: ports.actor, firstId: ports.newId(), now: ports.now() };
  const result = await devices.run(removeDevice, input);
  const row = await admin.device(enrollmentId);
  if (result.kind === "unknown" || row === undefined)
    throw new UptickError("device-unknown", `No device has the id ${enrollmentId}.`);
  const { lastSeenAt } = row.enrollment;
  return {
    device: deviceView(row, await readingOf(ports)),
    dryRun,
    outcome: result.kind,
    lastContactAt: textOf(lastSeenAt),
    withdrawn: {
      planId: result.job?.planId ?? null,
      commands: result.commands,
      declarations: result.declarations,
      policy: result.policy,
    },
    mayStill: result.mayStill.map((one) => ({
      ...one,
      deliveredAt: textOf(one.deliveredAt),
      sentence: sentenceOf(one),
    })),
  };
}

const textOf = (at: number | null): string | null => (at === null ? null : isoTime(at));

function sentenceOf({ kind, target, deliveredAt, enforceAtLocal }: MayStill): string {
  const what = target === null ? "an update" : target;
  switch (kind) {
    case "command": {
      const when = deliveredAt === null ? "earlier" : `at ${isoTime(deliveredAt)}`;
      return `An update command was delivered ${when}; the device may still install ${what}.`;
    }
    case "declaration": {
      const when = enforceAtLocal === null ? "" : ` at ${enforceAtLocal.replace("T", " ")} on its own clock`;
      return `The device may still have an update declaration, which installs ${what}${when}.`;
    }
    case "restrictions":
      return "The update settings of its policy stay on the device until its MDM profile is removed.";
  }
}
