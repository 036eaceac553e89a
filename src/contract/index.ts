/** The door of `contract`: request and reply schemas of the REST API and its route table. Instants are RFC 3339 in UTC. */
export { type AuditEntry, auditEntry, auditPage, OBJECT_KINDS, type ObjectKind } from "./audit.ts";
export {
  type Blackout,
  blackout,
  blackoutPage,
  type BlackoutRequest,
  type BlackoutTrial,
  blackoutTrial,
  type NewBlackout,
  newBlackout,
} from "./blackouts.ts";
export {
  type Block,
  block,
  blockPage,
  type BlockRequest,
  type BlockTrial,
  blockTrial,
  type EndBlockRequest,
  type NewBlock,
  newBlock,
} from "./blocks.ts";
export {
  COMPLIANCE_CLASSES,
  COMPLIANCE_FLAGS,
  type ComplianceCounts,
  type ComplianceSummary,
  complianceSummary,
  type DeviceCompliance,
} from "./compliance.ts";
export { type CommandPending, commandPending, type CommandView, commandView, WAIT } from "./commands.ts";
export {
  type Adoption,
  type AdoptionRequest,
  type Adoptions,
  adoptions,
  type DeviceDetail,
  deviceDetail,
  type DeviceRemoval,
  deviceRemoval,
  type DeviceView,
  deviceView,
  ENROLLMENTS,
  type PendingCertificate,
  type TimelineEntry,
  timelineEntry,
  timelinePage,
  type WaitingDevice,
  waitingPage,
} from "./devices.ts";
export {
  DEVICE_SORTS,
  type DeviceAggregate,
  deviceAggregate,
  type DeviceAggregateQuery,
  type DeviceExportQuery,
  type DevicePage,
  devicePage,
  type DeviceQuery,
} from "./device-list.ts";
export {
  account,
  type AccountEdit,
  accountPage,
  type AccountRequest,
  type AccountView,
  type OwnPasswordRequest,
  type PasswordRequest,
  session,
  type SessionView,
  type SetUpRequest,
  type SignInRequest,
} from "./accounts.ts";
export { renderAccessDocs } from "./access-docs.ts";
export { renderApiDocs } from "./docs.ts";
export { type Example, EXAMPLES, type ExampleStep } from "./examples.ts";
export { openApiPath, renderOpenApi } from "./openapi.ts";
export type { OpenApiDocument } from "./openapi-shape.ts";
export { errorsOf } from "./route-errors.ts";
export { JOB_STATES, type JobView, jobView, type Verdict, verdict } from "./jobs.ts";
export {
  type AsOf,
  type AsOfRequest,
  type UnderPlanView,
  type ChangedDecision,
  type ChangedDecisions,
  type ShownDecision,
} from "./plan-changes.ts";
export {
  type DecisionView,
  decisionView,
  type DryRun,
  dryRun,
  type DryRunLine,
  dryRunLine,
  type DryRunSummary,
  dryRunSummary,
  type NewPlan,
  newPlan,
  PLAN_ACTIONS,
  WEEKDAY_WORDS,
  type PlanAction,
  planJobPage,
  type PlanJobView,
  planJobView,
  planPage,
  type PlanRefusal,
  type PlanRequest,
  planRequest,
  type PlanView,
  planView,
} from "./plans.ts";
export {
  GOVERNING_CHANGES,
  type GoverningChange,
  type GoverningTrial,
  governingTrial,
  type MajorRequest,
  type PlanEdit,
  planEdited,
  type PlanEdited,
  type PlanOrder,
  planOrder,
  type PlanOrdered,
  planOrdered,
  type TryAgain,
  tryAgain,
  type TryAgainRequest,
} from "./plan-edits.ts";
export { STANDING_LEFT_OUT, type StandingTermsView } from "./standing.ts";
export { type ReportLine, reportLine, type ReportRow, type ReportSummary } from "./report.ts";
export {
  type GroupDetail,
  groupDetail,
  groupPage,
  type GroupRequest,
  type GroupTrial,
  groupTrial,
  type GroupView,
  groupView,
  tagging,
  type Tagging,
  tagPage,
  type TagRequest,
  type TagView,
  zoneRules,
  type ZoneRules,
  type ZoneRulesRequest,
} from "./scopes.ts";
export {
  type PolicyDecision,
  type PolicyDevice,
  policyDevicePage,
  type PolicyDryRun,
  policyDryRun,
  policyPage,
  type PolicyRequest,
  type PolicyView,
  policyView,
} from "./policies.ts";
export {
  type CatalogImport,
  catalogFetch,
  type CatalogFetch,
  catalogImport,
  type CatalogList,
  catalogList,
  type CveFeed,
  type CveImport,
  cveImport,
  type CatalogQuery,
  RELEASE_STATES,
  type Release,
  release,
  type ReleaseDetail,
  releaseDetail,
  releasePage,
  FETCH_CAUSES,
  type FetchStateView,
} from "./catalog.ts";
export { type FieldError, type Problem, problem, PROBLEM_MEDIA } from "./problem.ts";
export { ringRequest, type RingRequest, WEEKDAYS } from "./standing.ts";
export {
  type Answer,
  type Ask,
  type BytesBody,
  type JsonBody,
  CSV_MEDIA,
  LINES_MEDIA,
  type Reply,
  type Role,
  roleReaches,
  ROLES,
  type Route,
  type RouteObject,
  TIME_HEADER,
} from "./route.ts";
export { type RouteName, type RouteOf, ROUTES } from "./routes.ts";
export {
  DEVICE_WARNINGS,
  type DeviceWarningCode,
  type ClockView,
  clockView,
  type EnrollmentLink,
  enrollmentLink,
  type EnrollmentProfile,
  enrollmentProfile,
  type EnrollRequest,
  enrollRequest,
  linkPage,
  type LinkRequest,
  linkRequest,
  type NewEnrollmentLink,
  newEnrollmentLink,
  type PushCertificate,
  pushCertificate,
  type PushRequest,
  pushRequest,
  type Refusal,
  refusalPage,
  type ServerStatus,
  serverStatus,
  type Warning,
} from "./server.ts";
export {
  type NewToken,
  newToken,
  tokenPage,
  type TokenRequest,
  type TokenView,
  tokenView,
} from "./tokens.ts";
export { type Json, type Page, PLATFORM_WORDS } from "./values.ts";
export {
  type HaltView,
  haltView,
  type PauseDryRun,
  pauseDryRun,
  type ResumeDryRun,
  resumeDryRun,
  type Withdrawal,
} from "./halt.ts";
export {
  DECISIONS,
  type GateDecisionView,
  type HoldDryRun,
  holdDryRun,
  type RingView,
  ROLLOUT_STATES,
  type RolloutDetail,
  rolloutDetail,
  rolloutPage,
  type RolloutView,
  rolloutView,
  RUN_STATES,
} from "./rollouts.ts";
export {
  type EndExclusionRequest,
  type ExclusionEnd,
  exclusionEnd,
  type ExclusionRequest,
  type ExclusionResult,
  exclusionResult,
  type ExclusionView,
} from "./exclusions.ts";
export { alive, type HealthNote, healthNote, ready } from "./health.ts";
