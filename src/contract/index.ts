/** The door of `contract`: request and reply schemas of the REST API and its route table. Times are integer ms UTC. */
export { type AuditEntry, auditEntry, auditPage, OBJECT_KINDS, type ObjectKind } from "./audit.ts";
export { type CommandPending, commandPending, type CommandView, commandView, WAIT } from "./commands.ts";
export {
  type Adoptions,
  adoptions,
  type DeviceDetail,
  deviceDetail,
  devicePage,
  type DeviceRemoval,
  deviceRemoval,
  type DeviceView,
  deviceView,
  ENROLLMENTS,
  type TimelineEntry,
  timelineEntry,
  timelinePage,
  type WaitingDevice,
  waitingPage,
} from "./devices.ts";
export { renderApiDocs } from "./docs.ts";
export { JOB_STATES, type JobView, jobView, type Verdict, verdict } from "./jobs.ts";
export {
  type DecisionView,
  decisionView,
  type DryRun,
  dryRun,
  type NewPlan,
  newPlan,
  PLAN_ACTIONS,
  type PlanAction,
  planJobPage,
  type PlanJobView,
  planJobView,
  planList,
  type PlanRequest,
  planRequest,
  type PlanView,
  planView,
} from "./plans.ts";
export {
  type PolicyDecision,
  type PolicyDevice,
  policyDevicePage,
  type PolicyDryRun,
  policyDryRun,
  policyList,
  type PolicyRequest,
  type PolicyView,
  policyView,
} from "./policies.ts";
export {
  type CatalogImport,
  catalogImport,
  type CatalogList,
  catalogList,
  RELEASE_STATES,
  type Release,
  release,
  type ReleaseDetail,
  releaseDetail,
  releasePage,
} from "./catalog.ts";
export { type Problem, problem, PROBLEM_MEDIA } from "./problem.ts";
export type { Answer, Ask, BytesBody, JsonBody, Reply, Route, RouteObject } from "./route.ts";
export { type RouteName, type RouteOf, ROUTES } from "./routes.ts";
export {
  DEVICE_WARNINGS,
  type ClockView,
  clockView,
  type EnrollmentLink,
  enrollmentLink,
  type EnrollmentProfile,
  enrollmentProfile,
  type EnrollRequest,
  enrollRequest,
  health,
  linkList,
  type LinkRequest,
  linkRequest,
  type NewEnrollmentLink,
  newEnrollmentLink,
  type NewToken,
  newToken,
  type PushCertificate,
  pushCertificate,
  type PushRequest,
  pushRequest,
  type Refusal,
  refusalPage,
  type ServerStatus,
  serverStatus,
  tokenList,
  type TokenView,
  tokenView,
} from "./server.ts";
export { type Json, PLATFORM_WORDS } from "./values.ts";
