/** Calls the REST API by the route table and turns what goes wrong into words. */
import {
  EVENTS_MEDIA,
  LINES_MEDIA,
  type Problem,
  problem,
  PROBLEM_MEDIA,
  type Route,
  type RouteName,
  ROUTES,
} from "../contract/index.ts";
import { UptickError } from "../errors/index.ts";
import type { Connection } from "./connect.ts";
import { ServerProblem } from "./server-problem.ts";

export interface CallOptions {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown;
  /** Media type asked for; JSON when absent. */
  readonly accept?: string;
}

/** One event of a stream. */
export interface Came<T> extends Said<T> {
  readonly id: string;
  readonly event: string;
}

/** What checks and types a reply: a schema of the contract. */
interface Schema<T> {
  safeParse(value: unknown): { readonly success: true; readonly data: T } | { readonly success: false };
}

export interface Said<T> {
  readonly value: T;
  /** The reply as it came. */
  readonly text: string;
}

function addressOf(route: Route, { params = {}, query = {} }: CallOptions): string {
  const path = route.path.replaceAll(/:([a-z]+)/g, (_whole, name: string) => encodeURIComponent(params[name] ?? ""));
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) asked.set(name, String(value));
  return asked.size === 0 ? path : `${path}?${asked.toString()}`;
}

const AWAY: ReadonlySet<number> = new Set([502, 503, 504]);
const UNTRUSTED = /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|CERT_|ALTNAME/;

function unreachable(url: string, error: unknown): UptickError {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  const tell = (message: string, remedy?: string) =>
    new UptickError("server-unreachable", message, { cause: error, ...(remedy === undefined ? {} : { remedy }) });
  if (code === "ECONNREFUSED") return tell(`Nothing answers at ${url}: the connection was refused.`);
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return tell(`The name in ${url} can't be found.`, "Check --url or UPTICK_URL, and this machine's network.");
  }
  if (UNTRUSTED.test(code)) {
    const remedy =
      "Have Node trust its authority: NODE_EXTRA_CA_CERTS=authority.pem; or check the name in the address.";
    return tell(`The certificate of ${url} is not trusted (${code}).`, remedy);
  }
  const why = code !== "" ? code : error instanceof Error ? error.message : "no reason given";
  return tell(`The connection to ${url} failed (${why}).`);
}

export class Api {
  readonly #connection: Connection;
  readonly #fetch: typeof fetch;

  constructor(connection: Connection, fetcher: typeof fetch) {
    this.#connection = connection;
    this.#fetch = fetcher;
  }

  /** The reply, whatever its form. @throws ServerProblem; UptickError `server-unreachable`, `reply-invalid` */
  async send(name: RouteName, options: CallOptions = {}): Promise<{ response: Response; bytes: Uint8Array }> {
    const response = await this.#ask(name, options);
    const bytes = await this.#bytesOf(response);
    if (!response.ok) throw this.#refusal(response, bytes);
    return { response, bytes };
  }

  async #ask(name: RouteName, options: CallOptions): Promise<Response> {
    const route: Route = ROUTES[name];
    const { url, token } = this.#connection;
    const headers: Record<string, string> = {
      authorization: `Bearer ${token}`,
      accept: options.accept ?? "application/json",
    };
    const { body } = options;
    if (body !== undefined && route.body !== undefined) headers["content-type"] = route.body.media;
    try {
      return await this.#fetch(`${url}${addressOf(route, options)}`, {
        method: route.method,
        headers,
        redirect: "manual",
        ...(body === undefined ? {} : { body: body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify(body) }),
      });
    } catch (error) {
      throw unreachable(url, error);
    }
  }

  async #bytesOf(response: Response): Promise<Uint8Array> {
    try {
      return new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      throw unreachable(this.#connection.url, error);
    }
  }

  /**
   * A reply of many lines of JSON, each checked against `schema` and given as it comes, until one of which `isLast` is true.
   * Throws as `send`; a line with a problem is one, and a reply that ends before its last line is `server-unreachable`.
   */
  async *lines<T extends object>(
    name: RouteName,
    schema: Schema<T>,
    isLast: (line: Exclude<T, { readonly problem: Problem }>) => boolean,
    options: CallOptions = {},
  ): AsyncGenerator<Said<Exclude<T, { readonly problem: Problem }>>> {
    const { url } = this.#connection;
    const response = await this.#ask(name, { ...options, accept: LINES_MEDIA });
    if (!response.ok) throw this.#refusal(response, await this.#bytesOf(response));
    if (response.headers.get("content-type")?.startsWith(LINES_MEDIA) !== true) throw this.#foreign(response);
    try {
      for await (const text of linesIn(response)) {
        const read = schema.safeParse(parseJson(text));
        if (!read.success) throw this.#foreign(response);
        const line = read.data;
        if (hasProblem(line)) throw new ServerProblem(line.problem);
        const value = line as Exclude<T, { readonly problem: Problem }>;
        yield { value, text };
        if (isLast(value)) return;
      }
    } catch (error) {
      throw error instanceof ServerProblem || error instanceof UptickError ? error : unreachable(url, error);
    }
    throw new UptickError("server-unreachable", `The reply of ${url} ended before it was complete.`);
  }

  /** The events of a stream as they come, until it ends. Throws as `send`. */
  async *events<T>(name: RouteName, schema: Schema<T>, options: CallOptions = {}): AsyncGenerator<Came<T>> {
    const response = await this.#ask(name, { ...options, accept: EVENTS_MEDIA });
    if (!response.ok) throw this.#refusal(response, await this.#bytesOf(response));
    if (response.headers.get("content-type")?.startsWith(EVENTS_MEDIA) !== true) throw this.#foreign(response);
    let fields: Record<string, string> = {};
    try {
      for await (const line of linesIn(response)) {
        const [, field, value] = /^([a-z]+): (.*)$/.exec(line) ?? [];
        if (field !== undefined && value !== undefined) fields[field] = value;
        if (line !== "") continue;
        const { id = "", event = "", data } = fields;
        fields = {};
        if (data === undefined) continue;
        const read = schema.safeParse(parseJson(data));
        if (!read.success) throw this.#foreign(response);
        yield { id, event, value: read.data, text: data };
      }
    } catch (error) {
      throw error instanceof UptickError ? error : unreachable(this.#connection.url, error);
    }
  }

  /** A JSON reply, checked against its schema. */
  async json<T>(name: RouteName, schema: Schema<T>, options: CallOptions = {}): Promise<Said<T>> {
    const { response, bytes } = await this.send(name, options);
    const text = new TextDecoder().decode(bytes);
    const result = schema.safeParse(parseJson(text));
    if (result.success) return { value: result.data, text };
    throw this.#foreign(response);
  }

  #foreign(response: Response): UptickError {
    const { url } = this.#connection;
    return new UptickError(
      "reply-invalid",
      `${url} answered ${response.status} with something that is not this API's.`,
    );
  }

  #refusal(response: Response, bytes: Uint8Array): Error {
    if (response.headers.get("content-type")?.startsWith(PROBLEM_MEDIA) !== true) {
      // A proxy before a server that is away, or a server in its last moments, has other words than ours.
      if (AWAY.has(response.status)) {
        const { url } = this.#connection;
        return new UptickError(
          "server-unreachable",
          `${url} answered ${response.status}: the server is away just now.`,
        );
      }
      return this.#foreign(response);
    }
    const read = problem.safeParse(parseJson(new TextDecoder().decode(bytes)));
    return read.success ? new ServerProblem(read.data) : this.#foreign(response);
  }
}

const hasProblem = (line: object): line is { readonly problem: Problem } => "problem" in line;

/** Each line of a reply as it comes, without its end. */
async function* linesIn(response: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const part of response.body ?? []) {
    const texts = `${rest}${decoder.decode(part as Uint8Array, { stream: true })}`.split("\n");
    rest = texts.pop() ?? "";
    yield* texts;
  }
  if (rest !== "") yield rest;
}

/** undefined, which fits no schema, where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
