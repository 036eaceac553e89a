/** Short ways to say a reply, and the shape of a set of handlers. */
import {
  type Answer,
  type Ask,
  CSV_MEDIA,
  LINES_MEDIA,
  type RouteName,
  type RouteOf,
} from "../../../contract/index.ts";
import type { Actor, AdminService, From, Principal } from "../../../service/index.ts";
import type { Carrier } from "../cookies.ts";

/** Who asks for a change; a route that only reads has none, and so can't change anything. Of an open one nobody knows. */
type ActorOf<N extends RouteName> =
  RouteOf<N> extends { readonly method: "GET" } | { readonly open: true } ? undefined : Actor;

/** From whom a request comes, and how. */
export interface Sender {
  readonly from: From;
  readonly carrier: Carrier;
  /** undefined: the route is open. */
  readonly principal: Principal | undefined;
  /** What the browser has kept of a sign-in at the provider. */
  readonly oidcCookie: string | undefined;
}

/** One function for each named route: what was asked, and by whom, to what is answered. */
export type Handlers<Names extends RouteName = RouteName> = {
  readonly [N in Names]: (
    service: AdminService,
    ask: Ask<RouteOf<N>>,
    actor: ActorOf<N>,
    sender: Sender,
  ) => Promise<Answer<RouteOf<N>>>;
};

export const ok = <T>(body: T) => ({ status: 200, media: "application/json", body }) as const;

/** Lines of JSON, some at a time. */
export const lines = <T>(body: AsyncGenerator<readonly T[]>) => ({ status: 200, media: LINES_MEDIA, body }) as const;

/** Rows of CSV, some at a time; saved as a file of this name. */
export const csv = (name: string, body: AsyncGenerator<string>) =>
  ({
    status: 200,
    media: CSV_MEDIA,
    body,
    headers: { "content-disposition": `attachment; filename="${name}"` },
  }) as const;

/** `location`: its address. */
export const created = <T>(body: T, location: string, headers: Readonly<Record<string, string | string[]>> = {}) =>
  ({ status: 201, media: "application/json", body, headers: { location, ...headers } }) as const;
