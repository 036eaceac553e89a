/** What a call takes and gives, by the route's entry in the table. */
import type { z } from "zod";
import type { BytesBody, LINES_MEDIA, Problem, RouteName, RouteOf } from "../contract/index.ts";

/** A parameter as it is, or as the text that it is sent as. */
type Sent<T> = T | number | boolean | undefined;
type ObjectIn<S> = S extends z.ZodType ? { readonly [K in keyof z.input<S>]: Sent<z.input<S>[K]> } : never;

type ParamsOf<R> = R extends { readonly params: infer S extends z.ZodObject }
  ? { readonly params: { readonly [K in keyof S["shape"]]: string | number } }
  : { readonly params?: undefined };

type QueryOf<R> = R extends { readonly query: infer S extends z.ZodObject }
  ? object extends z.input<S>
    ? { readonly query?: ObjectIn<S> }
    : { readonly query: ObjectIn<S> }
  : { readonly query?: undefined };

type BodyOf<R> = R extends { readonly body: infer B }
  ? B extends { readonly schema: infer S extends z.ZodType }
    ? B extends { readonly optional: true }
      ? { readonly body?: z.input<S> }
      : { readonly body: z.input<S> }
    : B extends BytesBody
      ? { readonly body: Uint8Array | string }
      : never
  : { readonly body?: undefined };

type ReplyOf<N extends RouteName> = RouteOf<N>["replies"][number];

/** Beside the parameters of the route. */
export interface Extras<Media extends string = string> {
  /** Media type asked for, where the route has several; JSON when absent. */
  readonly accept?: Media;
  /** Such as `Idempotency-Key`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the request, and the reading of its reply. */
  readonly signal?: AbortSignal;
}

/** What a call of this route takes. */
export type CallOptions<N extends RouteName> = ParamsOf<RouteOf<N>> &
  QueryOf<RouteOf<N>> &
  BodyOf<RouteOf<N>> &
  Extras<NonNullable<ReplyOf<N>["media"]>>;

type ParsedBy<P> = P extends { readonly schema: infer S extends z.ZodType } ? z.output<S> : never;

type Answered<P> = P extends { readonly status: infer Status; readonly media: infer Media }
  ? Media extends typeof LINES_MEDIA
    ? never
    : {
        readonly status: Status;
        readonly media: Media;
        readonly headers: Headers;
        readonly body: Media extends null ? null : P extends { readonly schema: unknown } ? ParsedBy<P> : Uint8Array;
      }
  : never;

/** Any good reply of this route that is not a stream of lines. */
export type Answer<N extends RouteName> = Answered<ReplyOf<N>>;

type LinesReply<P> = P extends { readonly media: typeof LINES_MEDIA } ? P : never;
/** A line of a route that answers with lines; a line that is a problem is thrown. */
export type LineOf<N extends RouteName> = Exclude<ParsedBy<LinesReply<ReplyOf<N>>>, { readonly problem: Problem }>;
/** Routes that answer with lines. */
export type LinesRoute = { [N in RouteName]: [LinesReply<ReplyOf<N>>] extends [never] ? never : N }[RouteName];
