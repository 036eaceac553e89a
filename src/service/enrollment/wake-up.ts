/** When the server looks after an enrollment without a message of it, and what it asks then. */
import { isFinal } from "../../plans/index.ts";
import { deviceInformationQueries } from "../../protocol/index.ts";
import type { Consequence } from "./consequence.ts";
import { mayBegin } from "./declarations.ts";
import { askedOf, FACTS_AGE } from "./device-facts.ts";
import { enqueueOwn } from "./queue.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/** What the server must know of a device: after enrollment, daily, and after every job. */
export function askWhatMustBeKnown(unit: UnitOfWork): void {
  enqueueOwn(unit, {
    requestType: "DeviceInformation",
    queries: deviceInformationQueries(askedOf(unit.enrollment)),
  });
  enqueueOwn(unit, { requestType: "SecurityInfo" });
  unit.patch({ factsAskedAt: unit.now });
}

/** After a job what is known of the device is asked again. A job that another follows leaves that to it. */
export const factsAfterJob: Consequence = {
  of: ({ refresh }) => [refresh],
  derive(unit) {
    const { job, enrollment, refresh } = unit;
    unit.refresh = false;
    const ended = refresh && (job === undefined || isFinal(job.state));
    // A device that has left, or was asked just now, needs no question.
    if (ended && enrollment.state === "enrolled" && enrollment.factsAskedAt !== unit.now) unit.lookAfter(unit.now);
  },
};

/** Once nothing of the server's own is unanswered, its next look is when the facts are a day old. */
export const rest: Consequence = {
  of({ closed, declarative, occasions }) {
    // After an answer that got lost the look that was due for it stays.
    const own = [...closed.values()].filter(({ origin, outcome }) => origin !== "job" && outcome !== "answer-lost");
    return [own.length, declarative?.syncedAt, occasions.has("withdrawn")];
  },
  derive: restIfAnswered,
};

function restIfAnswered(unit: UnitOfWork): void {
  const { awaitingConfiguration, dueAt, factsAskedAt } = unit.enrollment;
  if (dueAt === null || dueAt <= unit.now) return;
  if ([...unit.outstanding.values()].some((row) => row.origin !== "job")) return;
  if (unit.unsynced) return;
  // Declarations were to begin while something else was unanswered: that must not wait for a day.
  if (mayBegin(unit)) return unit.patch({ dueAt: unit.now });
  if (awaitingConfiguration === 1) return;
  unit.patch({ dueAt: Math.max(unit.now, (factsAskedAt ?? 0) + FACTS_AGE) });
}
