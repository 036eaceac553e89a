/** What a device's status says of the declaration and the update of its job. */
import { wantedText } from "../../catalog/index.ts";
import { declaredOf, type DeclaredReport, isWithheld, type Job, stopIn } from "../../plans/index.ts";
import type { Declaration, DeclarativeStatus } from "../../protocol/index.ts";
import type { Json } from "../../store/index.ts";
import { clipText } from "../enrollment/bodies.ts";
import { declarationOf, enforcementsOf } from "../enrollment/declare.ts";

/** Characters of a device's reason that go into the job, and so into every list. */
const MOST_REASON = 300;

/** Nothing is said of a job. */
export const NOTHING: DeclaredReport = { declaration: "untold", ours: false };

/** The device's own cause in `details.Error` goes before the description, which says only that it can't be applied. */
function detailOf(description: string | undefined, details: Json | undefined): string {
  const error =
    typeof details === "object" && details !== null && !Array.isArray(details)
      ? (details as { readonly [key: string]: Json })["Error"]
      : undefined;
  if (typeof error === "string" && error.trim() !== "") return clipText(error.trim(), MOST_REASON);
  return clipText(description ?? (details === undefined ? "no reason given" : JSON.stringify(details)), MOST_REASON);
}

/** What is pending is the job's update: by its build where that is declared, since an improvement has its base's version. */
function isPending(job: Job, pending: DeclarativeStatus["pendingVersion"]): boolean {
  if (pending === undefined) return false;
  const { enforcement } = declaredOf(job);
  if (enforcement?.build !== undefined && pending.buildVersion === enforcement.build) return true;
  return pending.osVersion === wantedText(job.target);
}

/** What the status says of this job's declaration. */
export function reportFor(job: Job, status: DeclarativeStatus, fresh: DeclarativeStatus): DeclaredReport {
  const [own, ...former] = enforcementsOf(job).map(declarationOf);
  if (own === undefined) return NOTHING;
  const { installState, installReason, pendingVersion, failureReason } = status;
  const pending = pendingVersion !== undefined && `${pendingVersion.osVersion}${pendingVersion.buildVersion}` !== "";
  // iOS leaves the identifier out, and while it names no version as well, a declaration as the reason is ours.
  const unnamed = installReason?.declarationId === undefined;
  const ours =
    [own, ...former].some(({ identifier }) => identifier === installReason?.declarationId) ||
    (unnamed && isPending(job, pendingVersion)) ||
    (unnamed && !pending && installReason?.reasons.includes("declaration") === true);
  // A list that brings only what has changed can't be told from a whole one. After a stop the device's newest word counts.
  const lists = stopIn(job)?.droppedAt === undefined ? status.declarations : fresh.declarations;
  // Until the device has let all of them go, a stop is not confirmed.
  const looked = isWithheld(job.state) ? [own, ...former] : [own];
  const found = (wanted: Declaration) => lists?.configuration.find((one) => one.identifier === wanted.identifier);
  const about = looked.find((one) => found(one) !== undefined) ?? own;
  const listed = found(about);
  const declaration: DeclaredReport["declaration"] =
    lists === undefined
      ? "untold"
      : listed === undefined
        ? "absent"
        : listed.serverToken !== about.serverToken
          ? "stale"
          : {
              active: listed.active,
              valid: listed.valid,
              reasons: listed.reasons.map(({ code, description, details }) => ({
                code,
                detail: detailOf(description, details),
              })),
            };
  return {
    declaration,
    ours,
    ...(installState === undefined ? {} : { installState }),
    ...(installState === "none" && pendingVersion !== undefined && !pending ? { nothingPending: true } : {}),
    ...(failureReason === undefined || failureReason.count === 0
      ? {}
      : {
          failure: {
            count: failureReason.count,
            reason: clipText(failureReason.reason ?? "no reason given", MOST_REASON),
          },
        }),
  };
}
