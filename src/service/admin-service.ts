/** The admin's side: its groups of use cases, put together. What changes anything takes its actor first (`actor.ts`). */
import { type AccessAdmin, createAccessAdmin } from "./access/access-service.ts";
import type { OidcOptions } from "./access/oidc.ts";
import { type BlockAdmin, createBlockAdmin } from "./catalog/block-service.ts";
import { type CommandAdmin, createCommandAdmin } from "./commands/admin-commands.ts";
import { createDeviceAdmin, type DeviceAdmin } from "./devices/admin-devices.ts";
import { createServerAdmin, type ServerAdmin, type ServerAdminOptions } from "./server/admin-server.ts";
import type { CatalogFetch } from "./catalog/catalog-fetch.ts";
import type { Answers } from "./commands/answers.ts";
import type { Enrollment, EnrollmentAdmin } from "./identity/enrollment.ts";
import type { LinkAdmin } from "./identity/enrollment-links.ts";
import { createExclusionService, type ExclusionService } from "./plans/exclusion-service.ts";
import { type BlackoutAdmin, createBlackoutAdmin } from "./plans/blackout-service.ts";
import { createHaltService, type HaltService } from "./plans/halt-service.ts";
import { createPlanService, type PlanService } from "./plans/plan-service.ts";
import { createPolicyService, type PolicyService } from "./policies/policy-service.ts";
import type { EventStreams } from "./events/hub.ts";
import type { WebhookAdmin } from "./events/webhook-service.ts";
import type { Ports } from "./ports.ts";
import { countRings } from "./rollouts/members.ts";
import { createRolloutService, type RolloutService } from "./rollouts/rollout-service.ts";
import type { Refusals } from "./server/refusals.ts";
import { createScopeAdmin, type ScopeAdmin } from "./scopes/scope-service.ts";
import { createSelector } from "./plans/selector.ts";

export interface AdminService {
  readonly devices: DeviceAdmin;
  readonly plans: PlanService;
  readonly halt: HaltService;
  readonly rollouts: RolloutService;
  readonly policies: PolicyService;
  /** The raw command API. */
  readonly commands: CommandAdmin;
  readonly blocks: BlockAdmin;
  readonly blackouts: BlackoutAdmin;
  readonly enrollment: EnrollmentAdmin & LinkAdmin;
  readonly server: ServerAdmin;
  /** Tags, groups and zone rules. */
  readonly scopes: ScopeAdmin;
  readonly exclusions: ExclusionService;
  /** Accounts and sessions. */
  readonly access: AccessAdmin;
  readonly events: EventStreams;
  readonly webhooks: WebhookAdmin;
}

export interface AdminOptions extends ServerAdminOptions {
  readonly accessRights: number;
  /** How long the audit is kept, and what each device ran. */
  readonly auditMs: number;
  /** IANA zone that the configuration names for devices whose own is unknown. */
  readonly defaultZone: string | undefined;
  /** Pushes a second that this process sends at most. */
  readonly pushRate: number;
  /** Stable identifier of the enrollment profile. */
  readonly profileIdentifier: string;
  /** The identity provider of people who sign in; undefined: there is none. */
  readonly oidc: OidcOptions | undefined;
}

/** What other parts of the server use too. */
export interface AdminParts {
  readonly answers: Answers;
  readonly enrollment: Enrollment;
  readonly links: LinkAdmin;
  readonly refusals: Refusals;
  readonly catalogFetch: CatalogFetch;
  readonly events: EventStreams;
  readonly webhooks: WebhookAdmin;
}

export function createAdminService(ports: Ports, parts: AdminParts, options: AdminOptions): AdminService {
  const { answers, enrollment, links } = parts;
  const select = createSelector(ports.admin);
  return {
    devices: createDeviceAdmin(ports, select, parts.refusals, options),
    plans: createPlanService(ports, select, options),
    halt: createHaltService(ports),
    rollouts: createRolloutService(ports, (rollouts) => countRings(ports, rollouts)),
    policies: createPolicyService(ports, select),
    blocks: createBlockAdmin(ports),
    blackouts: createBlackoutAdmin(ports),
    commands: createCommandAdmin(ports, select, answers, options.profileIdentifier),
    enrollment: { enroll: (actor, request) => enrollment.enroll(actor, request), ...links },
    server: createServerAdmin(ports, parts, options),
    scopes: createScopeAdmin(ports, select),
    exclusions: createExclusionService(ports, select, options),
    access: createAccessAdmin(ports, options.oidc),
    events: parts.events,
    webhooks: parts.webhooks,
  };
}
