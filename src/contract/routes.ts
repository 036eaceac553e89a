/** Every address of the web face's API, as data: the handlers, the clients and docs/api.md follow this table. */
import { z } from "zod";
import { commandParams, commandPending, commandView, rawQuery } from "./commands.ts";
import {
  adoptAllQuery,
  adoptions,
  adoptionRequest,
  adoptQuery,
  deviceDetail,
  devicePage,
  deviceParams,
  deviceQuery,
  deviceView,
  timelinePage,
  timelineQuery,
  waitingPage,
  waitingQuery,
  zoneRequest,
} from "./devices.ts";
import {
  createPlanQuery,
  dryRun,
  planJobPage,
  planJobsQuery,
  planList,
  planParams,
  planRequest,
  planView,
} from "./plans.ts";
import {
  createPolicyQuery,
  policyDevicePage,
  policyDevicesQuery,
  policyDryRun,
  policyList,
  policyParams,
  policyRequest,
  policyView,
} from "./policies.ts";
import type { Route } from "./route.ts";
import {
  catalogImport,
  enrollmentLink,
  enrollmentProfile,
  enrollRequest,
  health,
  linkList,
  linkParams,
  linkRequest,
  newEnrollmentLink,
  newToken,
  pushCertificate,
  pushRequest,
  pushRequestOptions,
  serverStatus,
  tokenList,
  tokenParams,
  tokenRequest,
} from "./server.ts";

const JSON_MEDIA = "application/json";
const KIB = 1024;
const MIB = 1024 * KIB;
const NAMING = ["device-unknown", "device-ambiguous"] as const;

const ok = <S extends z.ZodType>(schema: S, when: string) =>
  ({ status: 200, media: JSON_MEDIA, schema, when }) as const;

const answerAsXml = { status: 200, media: "application/xml", when: "the device's own answer, byte for byte" } as const;
const notYet = {
  status: 202,
  media: JSON_MEDIA,
  schema: commandPending,
  when: "no answer yet; `Location` is the place to look",
} as const;

export const ROUTES = {
  health: {
    method: "GET",
    path: "/healthz",
    summary: "Says that the server answers.",
    open: true,
    replies: [ok(health, "it does")],
    errors: [],
  },
  status: {
    method: "GET",
    path: "/api/v1/status",
    summary: "The server: version, how much it knows, and what is missing before devices can enrol.",
    replies: [ok(serverStatus, "always")],
    errors: [],
  },
  listDevices: {
    method: "GET",
    path: "/api/v1/devices",
    summary: "Devices in pages, each with its newest job.",
    query: deviceQuery,
    replies: [ok(devicePage, "a page")],
    errors: [],
  },
  showDevice: {
    method: "GET",
    path: "/api/v1/devices/:ref",
    summary: "One device: facts, verdict, outstanding commands, the newest of its timeline.",
    params: deviceParams,
    replies: [ok(deviceDetail, "found")],
    errors: NAMING,
  },
  timeline: {
    method: "GET",
    path: "/api/v1/devices/:ref/timeline",
    summary: "Everything that happened to a device, newest first, with the messages as they were.",
    params: deviceParams,
    query: timelineQuery,
    replies: [ok(timelinePage, "a page")],
    errors: NAMING,
  },
  showCommand: {
    method: "GET",
    path: "/api/v1/devices/:ref/commands/:uuid",
    summary:
      "What became of a command. Answers as the raw door does; with `Accept: application/json` it always answers 200 with JSON.",
    params: commandParams,
    replies: [answerAsXml, notYet, ok(commandView, "asked with `Accept: application/json`")],
    errors: [...NAMING, "command-unknown", "command-closed"],
  },
  withdrawCommand: {
    method: "DELETE",
    path: "/api/v1/devices/:ref/commands/:uuid",
    summary:
      "Withdraws a command of the raw door. One that was handed to the device can't be recalled (`answer-lost`); it is not sent again.",
    params: commandParams,
    replies: [ok(commandView, "what has become of it, now or before")],
    errors: [...NAMING, "command-unknown", "command-not-raw"],
  },
  adoptDevice: {
    method: "POST",
    path: "/api/v1/devices/:ref/adopt",
    summary: "Accepts a quarantined device, or a new certificate that was presented for a known device.",
    params: deviceParams,
    query: adoptQuery,
    replies: [ok(deviceView, "adopted")],
    errors: [...NAMING, "not-quarantined", "certificate-ambiguous", "certificate-unknown"],
  },
  listWaiting: {
    method: "GET",
    path: "/api/v1/waiting-devices",
    summary: "Devices that wait to be adopted, in pages: quarantined ones, and those with a certificate that waits.",
    query: waitingQuery,
    replies: [ok(waitingPage, "a page")],
    errors: [],
  },
  adoptDevices: {
    method: "POST",
    path: "/api/v1/devices/adopt",
    summary: "Adopts several devices, each as `POST /api/v1/devices/:ref/adopt` does, or says what that would do.",
    query: adoptAllQuery,
    body: { media: JSON_MEDIA, schema: adoptionRequest, maxBytes: MIB },
    replies: [ok(adoptions, "done; each row says what became of one device")],
    errors: [],
  },
  setZone: {
    method: "PUT",
    path: "/api/v1/devices/:ref/zone",
    summary: "Says in which time zone a device is. Plans made from now on use it.",
    params: deviceParams,
    body: { media: JSON_MEDIA, schema: zoneRequest, maxBytes: 64 * KIB },
    replies: [ok(deviceDetail, "set")],
    errors: [...NAMING, "zone-invalid"],
  },
  createPlan: {
    method: "POST",
    path: "/api/v1/plans",
    summary: "Makes a plan, or says what it would do.",
    query: createPlanQuery,
    body: { media: JSON_MEDIA, schema: planRequest, maxBytes: 16 * MIB },
    replies: [
      { status: 201, media: JSON_MEDIA, schema: planView, when: "accepted; `Location` is the plan" },
      ok(dryRun, "with `dryRun=true`"),
    ],
    errors: [...NAMING, "plan-invalid", "plan-empty", "target-invalid", "window-invalid", "deadline-invalid"],
  },
  listPlans: {
    method: "GET",
    path: "/api/v1/plans",
    summary: "The plans, newest first.",
    replies: [ok(planList, "always")],
    errors: [],
  },
  showPlan: {
    method: "GET",
    path: "/api/v1/plans/:id",
    summary: "One plan and how many of its jobs are in which state.",
    params: planParams,
    replies: [ok(planView, "found")],
    errors: ["plan-unknown"],
  },
  planJobs: {
    method: "GET",
    path: "/api/v1/plans/:id/jobs",
    summary: "The devices of a plan with state and verdict, in pages.",
    params: planParams,
    query: planJobsQuery,
    replies: [ok(planJobPage, "a page")],
    errors: ["plan-unknown"],
  },
  stopPlan: {
    method: "POST",
    path: "/api/v1/plans/:id/stop",
    summary:
      "Stops a plan: at once for everything that has not left the server; its jobs then show, device by device, what could be withdrawn, what is not confirmed yet and what can't be recalled.",
    params: planParams,
    replies: [ok(planView, "stopped, now or before")],
    errors: ["plan-unknown"],
  },
  createPolicy: {
    method: "POST",
    path: "/api/v1/policies",
    summary: "Makes a policy, or says what it would mean. A device that has another gets this one in its place.",
    query: createPolicyQuery,
    body: { media: JSON_MEDIA, schema: policyRequest, maxBytes: 16 * MIB },
    replies: [
      { status: 201, media: JSON_MEDIA, schema: policyView, when: "accepted; `Location` is the policy" },
      ok(policyDryRun, "with `dryRun=true`"),
    ],
    errors: [...NAMING, "settings-invalid", "plan-empty"],
  },
  listPolicies: {
    method: "GET",
    path: "/api/v1/policies",
    summary: "The policies, newest first, removed ones too; two hundred at most.",
    replies: [ok(policyList, "always")],
    errors: [],
  },
  showPolicy: {
    method: "GET",
    path: "/api/v1/policies/:id",
    summary: "One policy and how many of its devices are in which state.",
    params: policyParams,
    replies: [ok(policyView, "found")],
    errors: ["policy-unknown"],
  },
  policyDevices: {
    method: "GET",
    path: "/api/v1/policies/:id/devices",
    summary: "The devices that have a policy, how each is told, how far that is and what is left out, in pages.",
    params: policyParams,
    query: policyDevicesQuery,
    replies: [ok(policyDevicePage, "a page")],
    errors: ["policy-unknown"],
  },
  removePolicy: {
    method: "DELETE",
    path: "/api/v1/policies/:id",
    summary: "Removes a policy: its declarations and profiles are taken from its devices. It stays in the list.",
    params: policyParams,
    replies: [ok(policyView, "removed, now or before")],
    errors: ["policy-unknown"],
  },
  enroll: {
    method: "POST",
    path: "/api/v1/enrollments",
    summary: "Makes an enrolment profile. With `Accept: application/json` it comes as base64 inside JSON.",
    body: { media: JSON_MEDIA, schema: enrollRequest, maxBytes: 64 * KIB, optional: true },
    replies: [
      {
        status: 201,
        media: "application/x-apple-aspen-config",
        when: "the profile's bytes; `Uptick-Uses` and `Uptick-Expires-At` (milliseconds UTC) say how long it is good",
      },
      { status: 201, media: JSON_MEDIA, schema: enrollmentProfile, when: "asked with `Accept: application/json`" },
    ],
    errors: ["not-ready"],
  },
  createLink: {
    method: "POST",
    path: "/api/v1/enrollment-links",
    summary:
      "Makes a link by which people fetch an enrolment profile themselves. A use of it is a certificate issued, not a download.",
    body: { media: JSON_MEDIA, schema: linkRequest, maxBytes: 64 * KIB, optional: true },
    replies: [
      { status: 201, media: JSON_MEDIA, schema: newEnrollmentLink, when: "made; this is the only time it is shown" },
    ],
    errors: ["not-ready"],
  },
  listLinks: {
    method: "GET",
    path: "/api/v1/enrollment-links",
    summary: "The enrolment links, newest first, a thousand at most. Their addresses are not kept.",
    replies: [ok(linkList, "always")],
    errors: [],
  },
  revokeLink: {
    method: "DELETE",
    path: "/api/v1/enrollment-links/:id",
    summary: "Revokes an enrolment link at once: profiles that it gave enrol nobody any more.",
    params: linkParams,
    replies: [ok(enrollmentLink, "revoked, now or before")],
    errors: ["link-unknown"],
  },
  pushRequest: {
    method: "POST",
    path: "/api/v1/push-certificate/request",
    summary: "Makes the request for a push certificate, always with the same key, which stays in the server.",
    body: { media: JSON_MEDIA, schema: pushRequestOptions, maxBytes: 512 * KIB, optional: true },
    replies: [ok(pushRequest, "made")],
    errors: ["certificate-invalid"],
  },
  importPush: {
    method: "PUT",
    path: "/api/v1/push-certificate",
    summary: "Takes the push certificate from Apple's portal.",
    body: {
      media: "application/x-pem-file",
      what: "the certificate as PEM, with its private key unless the request was made here",
      maxBytes: 256 * KIB,
    },
    replies: [ok(pushCertificate, "accepted")],
    errors: ["push-certificate-invalid", "push-topic-fixed"],
  },
  importCatalog: {
    method: "PUT",
    path: "/api/v1/catalog",
    summary: "Takes the releases of an answer of Apple's Software Lookup Service, for servers that can't reach it.",
    body: { media: JSON_MEDIA, schema: z.unknown(), maxBytes: 16 * MIB },
    replies: [ok(catalogImport, "read")],
    errors: [],
  },
  createToken: {
    method: "POST",
    path: "/api/v1/tokens",
    summary: "Makes an admin token.",
    body: { media: JSON_MEDIA, schema: tokenRequest, maxBytes: 64 * KIB },
    replies: [{ status: 201, media: JSON_MEDIA, schema: newToken, when: "made; this is the only time it is shown" }],
    errors: ["token-exists"],
  },
  listTokens: {
    method: "GET",
    path: "/api/v1/tokens",
    summary: "The admin tokens by name.",
    replies: [ok(tokenList, "always")],
    errors: [],
  },
  revokeToken: {
    method: "DELETE",
    path: "/api/v1/tokens/:name",
    summary: "Revokes an admin token at once.",
    params: tokenParams,
    replies: [{ status: 204, media: null, when: "revoked" }],
    errors: ["token-unknown", "token-last"],
  },
  rawCommand: {
    method: "PUT",
    path: "/mdm",
    summary:
      "The raw door: sends a complete command property list as it is. The same bytes again give the same command's outcome, so a request that was cut off can be sent again.",
    query: rawQuery,
    body: {
      media: "application/x-apple-aspen-mdm",
      what: "the command, an XML property list with `CommandUUID` and `Command`",
      maxBytes: MIB,
    },
    replies: [answerAsXml, notYet],
    errors: [
      ...NAMING,
      "plist-invalid",
      "command-invalid",
      "command-not-allowed",
      "command-dangerous",
      "command-conflict",
      "command-closed",
      "update-outstanding",
    ],
  },
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof ROUTES;
/** The route of a name, as its exact type. */
export type RouteOf<N extends RouteName> = (typeof ROUTES)[N];
