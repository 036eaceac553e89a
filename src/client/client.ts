/** Calls the admin API by the route table: what a call takes and gives follows from the route's name. Runs in browsers too. */
import {
  CSV_MEDIA,
  EVENTS_MEDIA,
  LINES_MEDIA,
  type Problem,
  problem,
  PROBLEM_MEDIA,
  type Reply,
  type Route,
  type RouteName,
  ROUTES,
} from "../contract/index.ts";
import { NoAnswer, ServerProblem } from "./failures.ts";
import { eventsIn, linesIn, parseJson, textsOf } from "./lines.ts";
import type { Answer, CallOptions, Extras, LineOf, LinesRoute } from "./typed.ts";

export interface ClientOptions {
  /** Of the admin API, without a slash at its end; empty: the page's own server. */
  readonly url: string;
  /** Sent as a bearer token; absent: the request has no token, as in a browser with a session. */
  readonly token?: string;
  readonly fetch: typeof fetch;
  /** Of every request. */
  readonly headers?: Readonly<Record<string, string>>;
}

type Parameters = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** `CallOptions` of any route, for callers who know its name only when they run. */
export interface AnyOptions extends Extras {
  readonly params?: Parameters | undefined;
  readonly query?: Parameters | undefined;
  /** Bytes are sent as they are, and texts where the route takes bytes; anything else as JSON. */
  readonly body?: unknown;
}

/** A schema of the contract. */
interface Schema<T> {
  safeParse(value: unknown): { readonly success: true; readonly data: T } | { readonly success: false };
}

export interface Line<T> {
  readonly value: T;
  /** The line as it came. */
  readonly text: string;
}

/** One event of a stream. */
export interface StreamEvent<T> extends Line<T> {
  /** What `Last-Event-ID` says after it. */
  readonly id: string;
  readonly event: string;
}

const AWAY: ReadonlySet<number> = new Set([502, 503, 504]);
/** Status of a redirect that a browser does not show. */
const OPAQUE = 0;

const essence = (response: Response): string | null =>
  response.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase() ?? null;

/** The address of a route with its parameters. */
export function addressOf(route: Route, { params = {}, query = {} }: Pick<AnyOptions, "params" | "query">): string {
  const path = route.path.replaceAll(/:([a-z]+)/gi, (_whole, name: string) =>
    encodeURIComponent(String(params[name] ?? "")),
  );
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null) asked.set(name, String(value));
  return asked.size === 0 ? path : `${path}?${asked.toString()}`;
}

function bodyOf(route: Route, body: unknown): Uint8Array | string {
  if (body instanceof Uint8Array) return body;
  const isJson = route.body !== undefined && "schema" in route.body;
  return !isJson && typeof body === "string" ? body : JSON.stringify(body);
}

const hasProblem = (line: unknown): line is { readonly problem: Problem } =>
  typeof line === "object" && line !== null && "problem" in line;

export class Client {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** The answer, checked against the contract. @throws ServerProblem, NoAnswer */
  async call<N extends RouteName>(name: N, options: CallOptions<N>): Promise<Answer<N>> {
    const response = await this.ask(name, options as AnyOptions);
    const bytes = await this.bytesOf(response);
    const media = essence(response);
    const route: Route = ROUTES[name];
    const replies = route.replies.filter((reply) => reply.status === response.status && reply.media === media);
    const read = firstFit(replies, bytes);
    if (read === undefined) throw new NoAnswer("foreign", { status: response.status });
    return { status: response.status, media, headers: response.headers, body: read.body } as unknown as Answer<N>;
  }

  /**
   * The lines of a reply, each checked and given as it comes, until one of which `isLast` is true.
   * @throws ServerProblem, also where a line is a problem; NoAnswer, `cut-off` where the last line does not come
   */
  async *lines<N extends LinesRoute>(
    name: N,
    isLast: (line: LineOf<N>) => boolean,
    options: CallOptions<N>,
  ): AsyncGenerator<Line<LineOf<N>>> {
    const route: Route = ROUTES[name];
    const reply = route.replies.find(({ media }) => media === LINES_MEDIA);
    const schema = reply?.schema as unknown as Schema<LineOf<N>>;
    yield* this.linesBy<LineOf<N>>(name, schema, isLast, options as AnyOptions);
  }

  /** `lines` with a schema of the caller's. */
  async *linesBy<T>(
    name: RouteName,
    schema: Schema<T | { readonly problem: Problem }>,
    isLast: (line: T) => boolean,
    options: AnyOptions,
  ): AsyncGenerator<Line<T>> {
    const response = await this.ask(name, { ...options, accept: LINES_MEDIA });
    const foreign = (): NoAnswer => new NoAnswer("foreign", { status: response.status });
    if (essence(response) !== LINES_MEDIA) throw foreign();
    try {
      for await (const text of linesIn(response)) {
        const read = schema.safeParse(parseJson(text));
        if (!read.success) throw foreign();
        if (hasProblem(read.data)) throw new ServerProblem(read.data.problem);
        const value = read.data as T;
        yield { value, text };
        if (isLast(value)) return;
      }
    } catch (error) {
      throw error instanceof ServerProblem || error instanceof NoAnswer ? error : unreachable(error);
    }
    throw new NoAnswer("cut-off", { status: response.status });
  }

  /** The events of a stream as they come, until it ends. @throws ServerProblem; NoAnswer, `unreachable` where the connection breaks */
  async *events<T>(name: RouteName, schema: Schema<T>, options: AnyOptions): AsyncGenerator<StreamEvent<T>> {
    const response = await this.ask(name, { ...options, accept: EVENTS_MEDIA });
    const foreign = (): NoAnswer => new NoAnswer("foreign", { status: response.status });
    if (essence(response) !== EVENTS_MEDIA) throw foreign();
    try {
      for await (const { id, event, data } of eventsIn(response)) {
        const read = schema.safeParse(parseJson(data));
        if (!read.success) throw foreign();
        yield { id, event, value: read.data, text: data };
      }
    } catch (error) {
      throw error instanceof NoAnswer ? error : unreachable(error);
    }
  }

  /** A reply of CSV as it comes. @throws ServerProblem; NoAnswer, `unreachable` where it ends before it is complete */
  async *csv(name: RouteName, options: AnyOptions): AsyncGenerator<string> {
    const response = await this.ask(name, { ...options, accept: CSV_MEDIA });
    if (essence(response) !== CSV_MEDIA) throw new NoAnswer("foreign", { status: response.status });
    try {
      yield* textsOf(response);
    } catch (error) {
      throw unreachable(error);
    }
  }

  /** A good reply, its body not read yet. @throws ServerProblem, NoAnswer */
  async ask(name: RouteName, options: AnyOptions): Promise<Response> {
    const route: Route = ROUTES[name];
    const { url, token, fetch } = this.#options;
    const { body, signal } = options;
    const headers: Record<string, string> = {
      accept: options.accept ?? "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined || route.body === undefined ? {} : { "content-type": route.body.media }),
      ...this.#options.headers,
      ...options.headers,
    };
    let response: Response;
    try {
      response = await fetch(`${url}${addressOf(route, options)}`, {
        method: route.method,
        headers,
        redirect: "manual",
        ...(signal === undefined ? {} : { signal }),
        ...(body === undefined ? {} : { body: bodyOf(route, body) as Uint8Array<ArrayBuffer> | string }),
      });
    } catch (error) {
      throw unreachable(error);
    }
    if (!response.ok) throw await this.#refusal(response);
    return response;
  }

  /** The whole body. @throws NoAnswer */
  async bytesOf(response: Response): Promise<Uint8Array> {
    try {
      return new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      throw unreachable(error);
    }
  }

  async #refusal(response: Response): Promise<Error> {
    const { status } = response;
    if (status === OPAQUE) return new NoAnswer("foreign");
    const bytes = await this.bytesOf(response);
    if (essence(response) !== PROBLEM_MEDIA)
      // A proxy before a server that is away, or a server in its last moments, has other words than ours.
      return new NoAnswer(AWAY.has(status) ? "away" : "foreign", { status });
    const read = problem.safeParse(parseJson(new TextDecoder().decode(bytes)));
    if (!read.success) return new NoAnswer("foreign", { status });
    const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
    return new ServerProblem(read.data, Number.isFinite(seconds) ? seconds : undefined);
  }
}

const unreachable = (cause: unknown): NoAnswer => new NoAnswer("unreachable", { cause });

/** The body as the first of these replies has it; undefined: none of them does. */
function firstFit(replies: readonly Reply[], bytes: Uint8Array): { readonly body: unknown } | undefined {
  let json: { readonly value: unknown } | undefined;
  for (const { schema, media } of replies) {
    if (schema === undefined) return { body: media === null ? null : bytes };
    json ??= { value: parseJson(new TextDecoder().decode(bytes)) };
    const read = schema.safeParse(json.value);
    if (read.success) return { body: read.data };
  }
  return undefined;
}
