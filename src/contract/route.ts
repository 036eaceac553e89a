/** The shape of an entry of the route table. */
import type { z } from "zod";
import type { ObjectKind } from "./audit.ts";

/** A request body as JSON, read and checked with a schema. */
export interface JsonBody {
  readonly media: "application/json";
  readonly schema: z.ZodType;
  readonly maxBytes: number;
  /** True: without a body the request counts as `{}`. */
  readonly optional?: true;
}

/** A request body whose bytes go to the service as they are. */
export interface BytesBody {
  readonly media: "application/x-pem-file" | "application/x-apple-aspen-mdm";
  readonly what: string;
  readonly maxBytes: number;
}

/** JSON objects, one a line: what is too much for one value (api A10). */
export const LINES_MEDIA = "application/x-ndjson";

/** Rows of text, sent as they are made; what fails on the way breaks the connection off, since no row can say so. */
export const CSV_MEDIA = "text/csv";
/** Server-sent events, as they come (WHATWG HTML, "Server-sent events"). */
export const EVENTS_MEDIA = "text/event-stream";

/** One event of a stream. */
export interface Told<E> {
  /** What `Last-Event-ID` says after it. */
  readonly id: string;
  /** Its name. */
  readonly event: string;
  readonly data: E;
}

/** Who follows a stream. */
export interface Follower<E> {
  /** These events, in their order. The same array goes to all who follow the same, so that it need be written once. */
  readonly tell: (events: readonly Told<E>[]) => void;
  /** Nothing more comes. */
  readonly end: () => void;
}

/** A stream of events that nobody follows yet. */
export interface Feed<E> {
  /**
   * Begins. `key`: who may follow by the same access; `isAllowed`: whether that still holds, asked every few seconds. Gives how it is
   * left.
   */
  readonly follow: (
    follower: Follower<E>,
    access: { readonly key: string; readonly isAllowed: () => Promise<boolean> },
  ) => () => void;
}

export interface Reply {
  readonly status: number;
  /** null: no body. */
  readonly media: string | null;
  /** Of a JSON body, or of one line. */
  readonly schema?: z.ZodType;
  readonly when: string;
}

/** Of the replies of a server whose time is not everybody's: its time, RFC 3339. */
export const TIME_HEADER = "x-uptick-time";

/** What a write changes, for the audit. */
export interface RouteObject {
  readonly kind: ObjectKind;
  /** The parameter of the path or the query by which the request names it; absent: it is made, or one of its kind. */
  readonly by?: string;
}

/** What an actor may do; each role may do all that those before it may. */
export const ROLES = ["viewer", "operator", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** Whether who has `role` may do what `needed` is the least role of. */
export const roleReaches = (role: Role, needed: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(needed);

/** A route that reads, or one that writes: every write says what it changes, so that none can miss the audit. */
export type Route = RouteParts &
  // Open: needs no token. Every other says the least role that may ask it.
  ({ readonly open: true; readonly role?: undefined } | { readonly open?: undefined; readonly role: Role }) &
  (
    | { readonly method: "GET"; readonly object?: undefined }
    | { readonly method: "POST" | "PUT" | "PATCH" | "DELETE"; readonly object: RouteObject }
  );

interface RouteParts {
  /** Parameters as `:name`. */
  readonly path: string;
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: JsonBody | BytesBody;
  readonly replies: readonly Reply[];
  /** The reply of 200 has an `ETag`, and a request with `If-None-Match` may be answered 304. */
  readonly tagged?: true;
  /** Codes of docs/errors.md beside those that every route has. */
  readonly errors: readonly string[];
}

type ParsedBy<S> = S extends z.ZodType ? z.output<S> : never;

/** What a handler of a route is given, parsed. */
export interface Ask<R extends Route> {
  readonly params: R extends { params: infer S } ? ParsedBy<S> : undefined;
  readonly query: R extends { query: infer S } ? ParsedBy<S> : undefined;
  readonly body: R extends { body: { schema: infer S } }
    ? ParsedBy<S>
    : R extends { body: BytesBody }
      ? Uint8Array
      : undefined;
  /** True when the client asked for JSON by name. */
  readonly wantsJson: boolean;
  /** True when the client asked for lines of JSON by name. */
  readonly wantsLines: boolean;
  /** Of a client that follows a stream again: the id of the last event that it has had. */
  readonly lastEventId: string | undefined;
}

type ReplyOf<P> = P extends { status: infer Status; media: infer Media }
  ? {
      readonly status: Status;
      readonly media: Media;
      readonly headers?: Readonly<Record<string, string | string[]>>;
      readonly body: BodyOf<P, Media>;
    }
  : never;

/** Lines come some at a time, as they are made, and events when they happen. */
type BodyOf<P, Media> = P extends { schema: infer S }
  ? Media extends typeof LINES_MEDIA
    ? AsyncGenerator<readonly ParsedBy<S>[]>
    : Media extends typeof EVENTS_MEDIA
      ? Feed<ParsedBy<S>>
      : ParsedBy<S>
  : Media extends null
    ? null
    : Media extends typeof CSV_MEDIA
      ? AsyncGenerator<string>
      : Uint8Array;

/** What a handler of a route may answer with. */
export type Answer<R extends Route> = ReplyOf<R["replies"][number]>;
