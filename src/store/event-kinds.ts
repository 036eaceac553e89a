/** What events tell: fixed names, which streams and webhooks show. The word before the dot is the kind of object. */
export const EVENT_KINDS = [
  "device.enrolled",
  "device.checked-out",
  "device.removed",
  "device.quarantined",
  "device.os-changed",
  "device.compliance-changed",
  "device.overdue",
  "device.changed",
  "job.created",
  "job.changed",
  "job.blocked",
  "job.paused",
  "job.done",
  "job.fell-back",
  "job.downloaded",
  "job.notified",
  "job.stopped",
  "job.failed",
  "job.refused",
  "plan.created",
  "plan.paused",
  "plan.resumed",
  "plan.stopped",
  "plan.changed",
  "rollout.began",
  "rollout.held",
  "rollout.paused",
  "rollout.resumed",
  "rollout.aborted",
  "rollout.superseded",
  "rollout.asks",
  "rollout.ring-opened",
  "rollout.ring-passed",
  "rollout.changed",
  "halt.began",
  "halt.ended",
  "catalog.changed",
  "block.created",
  "block.ended",
  "warning.began",
  "warning.ended",
] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** What an event is about: what its `id` is the id of. */
export type EventTopic = "devices" | "plans" | "rollouts" | "catalog" | "halt" | "warnings";

/** That an object has changed says nothing beside what its change is. */
export const saying = (kinds: readonly EventKind[]): readonly EventKind[] =>
  kinds.filter((kind) => {
    const [object, what] = kind.split(".");
    return what !== "changed" || !kinds.some((other) => other !== kind && other.startsWith(`${object}.`));
  });
