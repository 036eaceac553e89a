/** Every address of the admin API, as data: the handlers, the clients and docs/api.md follow this table. */
import type { Route } from "./route.ts";
import { accessRoutes } from "./routes/access.ts";
import { accountsRoutes } from "./routes/accounts.ts";
import { blackoutsRoutes } from "./routes/blackouts.ts";
import { catalogRoutes } from "./routes/catalog.ts";
import { commandsRoutes } from "./routes/commands.ts";
import { devicesRoutes } from "./routes/devices.ts";
import { enrollmentRoutes } from "./routes/enrollment.ts";
import { eventsRoutes } from "./routes/events.ts";
import { haltRoutes } from "./routes/halt.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { openApiRoutes } from "./routes/openapi.ts";
import { plansRoutes } from "./routes/plans.ts";
import { policiesRoutes } from "./routes/policies.ts";
import { reportsRoutes } from "./routes/reports.ts";
import { rolloutsRoutes } from "./routes/rollouts.ts";
import { scopesRoutes } from "./routes/scopes.ts";
import { serverRoutes } from "./routes/server.ts";
import { sessionsRoutes } from "./routes/sessions.ts";

export const ROUTES = {
  ...serverRoutes,
  ...openApiRoutes,
  ...devicesRoutes,
  ...commandsRoutes,
  ...scopesRoutes,
  ...plansRoutes,
  ...rolloutsRoutes,
  ...haltRoutes,
  ...policiesRoutes,
  ...enrollmentRoutes,
  ...catalogRoutes,
  ...blackoutsRoutes,
  ...accessRoutes,
  ...accountsRoutes,
  ...sessionsRoutes,
  ...reportsRoutes,
  ...metricsRoutes,
  ...eventsRoutes,
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof ROUTES;
/** The route of a name, as its exact type. */
export type RouteOf<N extends RouteName> = (typeof ROUTES)[N];
