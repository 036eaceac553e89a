/** The door of `plans`: who can be updated how, what a plan means for a device, and a job's way. Pure. */
export { stepAfterEnd } from "./after-end.ts";
export type { Ended, Over } from "./ended.ts";
export { broughtBy, stillOrdered } from "./brought.ts";
export { type BootstrapToken, bootstrapTokenOf } from "./authorise.ts";
export {
  CAPABILITIES,
  capabilityOf,
  type CapabilityRow,
} from "./capability.ts";
export { agedParams, dayText, listText } from "./catalog-words.ts";
export { type DeclarationReason, type DeclaredReport } from "./declared-report.ts";
export { type Enforcement, enforcementFor } from "./enforcement.ts";
export { type Mechanism, mechanismFor, type MechanismFacts, type NoMechanism, type Wanted } from "./mechanism.ts";
export { commandFor } from "./command.ts";
export type { Event, Hindrance } from "./event.ts";
export { type Answer, interpret, seenIn } from "./interpret.ts";
export type {
  Deferrals,
  Former,
  Job,
  JobSeed,
  JobTarget,
  NextAction,
  OtherUpdate,
  Purpose,
  SeenVersion,
  Wish,
} from "./job.ts";
export { dueAtOf, heldBy, knownBy, takeOver } from "./replace.ts";
export { type ListNote, type ListNoteCode, listNoteOf } from "./list-note.ts";
export { type Decision, decide, newJob, type PlannedDevice } from "./resolve.ts";
export { isOnBeta, satisfies } from "./satisfy.ts";
export {
  type Goal,
  goalOf,
  installActionOf,
  PLAN_ACTIONS,
  type PlanAction,
  type PlanSpec,
  type PlanTarget,
} from "./spec.ts";
export { standingFor, type StandingWay } from "./standing.ts";
export type { Effect } from "./effect.ts";
export { type Input, type Step, step, type Trace } from "./step.ts";
export { nextState } from "./table-declared.ts";
export { isFinal, STATE_WORDS, type State, STATES } from "./state.ts";
export type { PushTrouble, PushTroubleCode, Reach } from "./reach.ts";
export { oddVersion } from "./odd-version.ts";
export { deferredWords, sentenceOf, type Verdict, verdictOf } from "./verdict.ts";
export { localTime, parseWindow, type Window, windowAt, type WindowMoment } from "./window.ts";
export { isZone, zoneNamed } from "./zone.ts";
export { type Deadline, deadlineIn, isAbsolute } from "./deadline.ts";
export { causeOf, mechanismWords, REASON_CODES, remedyOf } from "./words.ts";
