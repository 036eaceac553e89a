/** Calls the REST API and turns what goes wrong into words. */
import { type AnyOptions, Client, NoAnswer, parseJson, type StreamEvent } from "../client/index.ts";
import { type Problem, type RouteName, ROUTES, TIME_HEADER } from "../contract/index.ts";
import { UptickError } from "../errors/index.ts";
import type { Connection } from "./connect.ts";
import { repeated } from "./repeat.ts";

export { parseJson };

export type CallOptions = AnyOptions;

/** What checks and types a reply: a schema of the contract. */
interface Schema<T> {
  safeParse(value: unknown): { readonly success: true; readonly data: T } | { readonly success: false };
}

export interface Said<T> {
  readonly value: T;
  /** The reply as it came. */
  readonly text: string;
}

type Good<T> = Exclude<T, { readonly problem: Problem }>;

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

function timed(fetcher: typeof fetch, onTime: (at: number) => void): typeof fetch {
  return async (input, init) => {
    const response = await fetcher(input, init);
    const at = Date.parse(response.headers.get(TIME_HEADER) ?? "");
    if (!Number.isNaN(at)) onTime(at);
    return response;
  };
}

/** What a person at a terminal is told where no answer of the API came. */
function told(url: string, { kind, status, cause }: NoAnswer): UptickError {
  switch (kind) {
    case "unreachable":
      return unreachable(url, cause);
    case "cut-off":
      return new UptickError("server-unreachable", `The reply of ${url} ended before it was complete.`);
    case "away":
      return new UptickError("server-unreachable", `${url} answered ${status}: the server is away just now.`);
    case "foreign":
      return foreign(url, status);
  }
}

const foreign = (url: string, status: number | undefined): UptickError =>
  new UptickError(
    "reply-invalid",
    `${url} answered ${status ?? "with a redirect"} with something that is not this API's.`,
  );

export class Api {
  readonly #url: string;
  readonly #client: Client;

  readonly #sleep: (ms: number) => Promise<void>;

  /** `onTime` is told the server's time (ms UTC) where a reply says it: that of a rehearsal is not everybody's. */
  constructor(
    { url, token }: Connection,
    fetcher: typeof fetch,
    sleep: (ms: number) => Promise<void>,
    onTime: (at: number) => void = () => undefined,
  ) {
    this.#url = url;
    this.#sleep = sleep;
    this.#client = new Client({ url, token, fetch: timed(fetcher, onTime) });
  }

  /** The reply, whatever its form; a write is repeated once where its connection breaks. @throws ServerProblem; UptickError `server-unreachable`, `reply-invalid` */
  async send(name: RouteName, options: CallOptions = {}): Promise<{ response: Response; bytes: Uint8Array }> {
    return repeated(ROUTES[name], (key) => this.#send(name, options, key), this.#sleep);
  }

  async #send(name: RouteName, options: CallOptions, key: string | undefined) {
    const keyed = key === undefined ? options : { ...options, headers: { ...options.headers, "idempotency-key": key } };
    try {
      const response = await this.#client.ask(name, keyed);
      return { response, bytes: await this.#client.bytesOf(response) };
    } catch (error) {
      throw this.#inWords(error);
    }
  }

  /**
   * A reply of many lines of JSON, each checked against `schema` and given as it comes, until one of which `isLast` is true.
   * Throws as `send`; a line with a problem is one, and a reply that ends before its last line is `server-unreachable`.
   */
  async *lines<T extends object>(
    name: RouteName,
    schema: Schema<T>,
    isLast: (line: Good<T>) => boolean,
    options: CallOptions = {},
  ): AsyncGenerator<Said<Good<T>>> {
    const lines = this.#client.linesBy<Good<T>>(
      name,
      schema as unknown as Schema<Good<T> | { readonly problem: Problem }>,
      isLast,
      options,
    );
    try {
      yield* lines;
    } catch (error) {
      throw this.#inWords(error);
    }
  }

  /**
   * A reply of CSV as it comes. Throws as `send`; one that ends before it is complete is `server-unreachable`.
   */
  async *csv(name: RouteName, options: CallOptions = {}): AsyncGenerator<string> {
    try {
      yield* this.#client.csv(name, options);
    } catch (error) {
      throw this.#inWords(error);
    }
  }

  /** The events of a stream as they come, until it ends. Throws as `send`. */
  async *events<T>(name: RouteName, schema: Schema<T>, options: CallOptions = {}): AsyncGenerator<StreamEvent<T>> {
    try {
      yield* this.#client.events(name, schema, options);
    } catch (error) {
      throw this.#inWords(error);
    }
  }

  /** A JSON reply, checked against its schema. */
  async json<T>(name: RouteName, schema: Schema<T>, options: CallOptions = {}): Promise<Said<T>> {
    const { response, bytes } = await this.send(name, options);
    const text = new TextDecoder().decode(bytes);
    const result = schema.safeParse(parseJson(text));
    if (result.success) return { value: result.data, text };
    throw foreign(this.#url, response.status);
  }

  #inWords(error: unknown): unknown {
    return error instanceof NoAnswer ? told(this.#url, error) : error;
  }
}
