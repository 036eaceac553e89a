/** `uptick remove`: what an admin reads of a removal. */
import type { DeviceRemoval } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import type { EnrollmentRow } from "../../store/index.ts";
import { type Actor, systemActor } from "../actor.ts";
import { readingOf } from "../catalog/catalog.ts";
import { type MayStill, removeDevice } from "./remove.ts";
import { isoTime } from "../iso-time.ts";
import type { Ports } from "../ports.ts";
import { deviceView } from "../views.ts";

export const removed = (ports: Ports, actor: Actor, enrollment: EnrollmentRow): Promise<DeviceRemoval> =>
  removal(ports, actor, enrollment, false);

/** What a removal would do; nothing is done. */
export const removedInTrial = (ports: Ports, enrollment: EnrollmentRow): Promise<DeviceRemoval> =>
  removal(ports, systemActor(ports), enrollment, true);

async function removal(
  ports: Ports,
  actor: Actor,
  { id: enrollmentId }: EnrollmentRow,
  dryRun: boolean,
): Promise<DeviceRemoval> {
  const input = { enrollmentId, dryRun, by: actor.name, firstId: ports.newId(), now: ports.now() };
  const result = await actor.run(removeDevice, input);
  const row = await ports.admin.device(enrollmentId);
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
