/** The door of `plans`: who can be updated how, what a plan means for a device, a job's way, and the gate of rings. Pure. */
export { stepAfterEnd } from "./jobs/after-end.ts";
export type { Ended, Over } from "./jobs/ended.ts";
export {
  changesAt,
  type Compliance,
  type ComplianceClass,
  COMPLIANCE_CLASSES,
  COMPLIANCE_FLAGS,
  type ComplianceFlag,
  type ComplianceInput,
  complianceOf,
  type Governing,
  LOST_AFTER,
  type Offer,
  type Progress,
  SILENT_DAYS,
} from "./compliance/compliance.ts";
export { type DeviceAt, deviceAt, type NewestAt, type SeenSince } from "./compliance/report.ts";
export { isBelowFloor, type PlanWish, wantedIn, wishOf } from "./compliance/wanted.ts";
export { progressOf } from "./compliance/progress.ts";
export { broughtBy, stillOrdered } from "./decisions/brought.ts";
export { type BootstrapToken, bootstrapTokenOf } from "./decisions/authorise.ts";
export {
  CAPABILITIES,
  capabilityOf,
  type CapabilityRow,
} from "./decisions/capability.ts";
export type { DeclarationReason, DeclaredReport } from "./jobs/by-declaration/interpret.ts";
export { type Enforcement, enforcementFor } from "./jobs/by-declaration/enforcement.ts";
export {
  type Mechanism,
  mechanismFor,
  type MechanismFacts,
  type NoMechanism,
  type Wanted,
  type WhyCommand,
  type WhyDeclaration,
} from "./decisions/mechanism.ts";
export { commandFor } from "./jobs/by-command/command.ts";
export type { Event, Blocker } from "./jobs/event.ts";
export { BLOCKER_CODES, type BlockerCode } from "./jobs/blocker.ts";
export { type Answer, interpret } from "./jobs/by-command/interpret.ts";
export { seenIn } from "./jobs/sighting.ts";
export { type Declared, type DeclaredJob, declaredOf, type LiveJob, stopIn } from "./jobs/job.ts";
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
} from "./jobs/job.ts";
export { dueAtOf, heldBy, knownBy, takeOver } from "./decisions/replace.ts";
export { type ListNote, type ListNoteCode, listNoteOf } from "./list-note.ts";
export type { Decision, PlannedDevice } from "./decisions/decision.ts";
export type { MovedDue } from "./decisions/due.ts";
export { decide } from "./decisions/resolve.ts";
export { installFrom, installMoment, mayOrder } from "./jobs/install-moment.ts";
export type { WhyNewMoment } from "./jobs/moment.ts";
export { momentOf } from "./jobs/terms.ts";
export { inLine, type InLine, knows, unknownTo } from "./jobs/with-blackouts.ts";
export { newJob } from "./jobs/new-job.ts";
export { readJob, readLiveJob } from "./jobs/upgrade.ts";
export { isOnBeta, satisfies } from "./jobs/satisfy.ts";
export {
  type Goal,
  goalOf,
  installActionOf,
  PLAN_ACTIONS,
  type PlanAction,
  type PlanSpec,
  type PlanTarget,
} from "./decisions/spec.ts";
export { policyDeliveryFor, type PolicyDelivery } from "./decisions/policy-delivery.ts";
export type { Effect } from "./jobs/effect.ts";
export type { Input } from "./jobs/input.ts";
export { type Step, step, type Trace } from "./jobs/step.ts";
export { type Fate, fateOf } from "./jobs/fate.ts";
export { deadlineIfResumed } from "./jobs/resume.ts";
export { nextState } from "./jobs/next-state.ts";
export {
  isFinal,
  isPause,
  isWithheld,
  type PauseCause,
  shownState,
  type ShownState,
  type State,
  STATES,
  type StopCause,
  type WithdrawalCause,
} from "./jobs/state.ts";
export type { PushTrouble, PushTroubleCode, Reach } from "./jobs/reach.ts";
export { oddVersion } from "./jobs/odd-version.ts";
export { type Aside, type Reason, type Verdict, verdictOf } from "./verdict.ts";
export { parseWindow, type Window, windowAt, type WindowMoment } from "./jobs/window.ts";
export { isZone, zoneNamed } from "./jobs/zone.ts";
export { type Deadline, deadlineIn, isAbsolute } from "./decisions/deadline.ts";
export { parseRule } from "./scope/parse.ts";
export { printRule } from "./scope/print.ts";
export { joined as joinedRules, oneOf as oneOfRule, type Rule, test as ruleTest, testsOf } from "./scope/rule.ts";
export { type Matcher, matcherOf, matches, type ScopeFacts } from "./scope/match.ts";
export { readsOf, type Reads } from "./scope/reads.ts";
export { GROUP_NAME, GROUP_NAME_WORDS, groupKey, MOST_TAGS, TAG, TAG_WORDS } from "./scope/values.ts";
export { checkRings, type RingProblem, ringProblems, type RingTerms } from "./rollouts/check-rings.ts";
export { type GateContext, type GatePlan, ringsOf, type RunSince } from "./rollouts/context.ts";
export { type Counted, countsOf, NO_COUNTS, type RingCounts } from "./rollouts/counts.ts";
export { failRule, type FailVerdict } from "./rollouts/fail-rule.ts";
export type { Params } from "./decisions/decision.ts";
export type { EndedJob } from "./jobs/job.ts";
export {
  type LiveOf,
  type PlanRollout,
  type ReadDevice,
  type StandingDevice,
  type StandingPlan,
  underPlan,
} from "./standing/plan.ts";
export {
  type Alike,
  hasMajorsAhead,
  type MajorAhead,
  majorsAhead,
  type PreviousMajor,
  previousMajors,
} from "./standing/majors-ahead.ts";
export { movesDeadlines } from "./standing/edit.ts";
export { matching, ringIn as ringInPlan } from "./standing/governs.ts";
export {
  type Outcome as StandingOutcome,
  type Preview,
  previewOf,
  resolve,
  type Resolution,
} from "./standing/resolve.ts";
export type { Act } from "./standing/act.ts";
export { decideAlike } from "./standing/alike.ts";
export { hasBegun, isFree, namedIn } from "./standing/live-job.ts";
export { ringsIn, STANDING_DEFAULTS, type StandingSpec, type StandingTerms } from "./standing/terms.ts";
export {
  type JobChange,
  type MemberKept,
  type Member,
  memberAfter,
  memberFrom,
  memberHeard,
} from "./rollouts/member.ts";
export { type Candidate, ringOf, slotOf } from "./rollouts/members.ts";
export { isOpenTo } from "./rollouts/open-to.ts";
export { dateIn, openingAt, openingFrom } from "./rollouts/opening.ts";
export {
  FAILURE_SIGNS,
  type FailureSigns,
  HINDRANCES,
  type MemberFacts,
  type Outcome,
  type OutcomeKind,
  outcomeOf,
} from "./rollouts/outcome.ts";
export type { PassNumbers, PassReason, PassVerdict } from "./rollouts/pass-rule.ts";
export { powerOf } from "./rollouts/power.ts";
export { ringDates, type RingDates, type RingDatesInput } from "./rollouts/ring-dates.ts";
export { PRESET, threeRings } from "./rollouts/preset.ts";
export {
  type Actor,
  type GateDecision,
  hasOpened,
  isOlder,
  type Numbers,
  type Ring,
  type RingRun,
  type Rollout,
  type RolloutState,
  type RolloutVerb,
  type RunState,
  type RunVerb,
} from "./rollouts/rollout.ts";
export {
  isWatched,
  nextOfRollout,
  type RolloutContext,
  type RolloutDecision,
  runsAfterResume,
} from "./rollouts/rollout-state.ts";
export { nextOf, passVerdictOf, runAfter, type RunDecision } from "./rollouts/run-state.ts";
export { factsOf, type MemberColumns } from "./rollouts/member-facts.ts";
export { type StartSigns, startOf } from "./rollouts/started.ts";
export { rolloutNext, type RolloutEvent, type RunEvent, runNext } from "./rollouts/tables.ts";
export { urgentDue, urgentOpening } from "./rollouts/urgent.ts";
export { type BaseInput, baseOf } from "./deadlines/base.ts";
export { type AfterBlackout, afterBlackout, deadlineAfter, type Moved } from "./deadlines/blackout-added.ts";
export {
  type Clock,
  firstShown,
  hasPassed,
  lastShown,
  localOf,
  mayHavePassed,
  noticeOf,
} from "./deadlines/clock.ts";
export {
  type Blackout,
  blackoutOn,
  type Covered,
  type DayRules,
  type Days,
  type TooLong,
  tooLong,
} from "./deadlines/days.ts";
export {
  type DeadlineFound,
  deadlineFor,
  type Due,
  plannedFor,
  spreadSlotOf,
  type Terms,
} from "./deadlines/deadline-for.ts";
export { deadlineAfterExclusion, exclusionEndsAt, lastExclusionDay } from "./deadlines/exclusion.ts";
export {
  deadlineOf,
  type Given,
  keep,
  type Kept,
  MOVE_CAUSES,
  type MoveCause,
} from "./deadlines/given.ts";
export {
  type LocalDate,
  type LocalDateTime,
  type LocalTime,
  type Weekday,
  WEEKDAYS,
} from "./deadlines/local.ts";
export { momentFor, type MomentFound, type MomentTerms, type Recall, recallOf, type Told } from "./deadlines/moment.ts";
export { overdueSince, type OverdueInput, type Planned, plannedDateOf } from "./deadlines/overdue.ts";
export type { NoDayLeft } from "./deadlines/search.ts";
export {
  type EarlierUpdate,
  hasReached,
  minimumAnswer,
  type MinimumAnswer,
  type MinimumInput,
  type MinimumNote,
  type MinimumSetting,
} from "./enrollment/minimum.ts";
export type { Sha256 } from "./slots.ts";
