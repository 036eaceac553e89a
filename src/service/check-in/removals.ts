/** `uptick remove`: what an admin reads of a removal. */
import type { DeviceRemoval } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import type { EnrollmentRow } from "../../store/index.ts";
import { type Actor, systemActor } from "../actor.ts";
import { readingOf } from "../catalog/catalog.ts";
import { removeDevice } from "./remove.ts";
import { isoTimeOrNull } from "../iso-time.ts";
import type { Ports } from "../ports.ts";
import { deviceView } from "../devices/device-view.ts";
import { mayStillWords } from "../../words/index.ts";

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
    lastContactAt: isoTimeOrNull(lastSeenAt),
    withdrawn: {
      planId: result.job?.planId ?? null,
      commands: result.commands,
      declarations: result.declarations,
      policy: result.policy,
    },
    mayStill: result.mayStill.map(({ target, ...one }) => {
      const known = { ...one, deliveredAt: isoTimeOrNull(one.deliveredAt) };
      return { ...known, release: target, sentence: mayStillWords({ ...known, target }) };
    }),
  };
}
