/** Short ways to say a reply, and the shape of a set of handlers. */
import { type Answer, type Ask, LINES_MEDIA, type RouteName, type RouteOf } from "../../../contract/index.ts";
import type { Actor, AdminService } from "../../../service/index.ts";

/** Who asks for a change; a route that only reads has none, and so can't change anything. */
type ActorOf<N extends RouteName> = RouteOf<N> extends { readonly method: "GET" } ? undefined : Actor;

/** One function for each named route: what was asked, and by whom, to what is answered. */
export type Handlers<Names extends RouteName = RouteName> = {
  readonly [N in Names]: (
    service: AdminService,
    ask: Ask<RouteOf<N>>,
    actor: ActorOf<N>,
  ) => Promise<Answer<RouteOf<N>>>;
};

export const ok = <T>(body: T) => ({ status: 200, media: "application/json", body }) as const;

/** Lines of JSON, some at a time. */
export const lines = <T>(body: AsyncGenerator<readonly T[]>) => ({ status: 200, media: LINES_MEDIA, body }) as const;

/** `location`: its address. */
export const created = <T>(body: T, location: string) =>
  ({ status: 201, media: "application/json", body, headers: { location } }) as const;
