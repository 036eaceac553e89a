/** The admin API as a test speaks to it: own connections, which are closed with the server. */
import http from "node:http";
import { EVENTS_MEDIA, type Problem } from "../../src/contract/index.ts";

export interface WebReply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
  /** The body as JSON. */
  json<T>(): T;
  /** The body as an RFC 9457 problem. Throws when it is none. */
  problem(): Problem;
}

export interface WebRequest {
  readonly body?: string | Uint8Array;
  /** A list is sent as that many lines. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** null: no token is sent. Default: the server's first. */
  readonly token?: string | null;
}

export interface WebClient {
  request(method: string, path: string, request?: WebRequest): Promise<WebReply>;
  get<T>(path: string): Promise<T>;
  /** JSON in, JSON out; rejects unless the status is 2xx. */
  post<T>(path: string, body: unknown): Promise<T>;
  close(): void;
}

export function webClient(port: () => number, firstToken: () => string): WebClient {
  const agent = new http.Agent({ keepAlive: true });

  function request(method: string, path: string, { body, headers, token }: WebRequest = {}): Promise<WebReply> {
    return new Promise((resolve, reject) => {
      const authorization = token === null ? {} : { authorization: `Bearer ${token ?? firstToken()}` };
      const options = {
        host: "127.0.0.1",
        port: port(),
        method,
        path,
        agent,
        headers: { ...authorization, ...headers },
      };
      const sent = http.request(options, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => resolve(replyOf(response, Buffer.concat(parts))));
        // Such a reply has no end: who asks has its beginning, and leaves.
        if (response.headers["content-type"] === EVENTS_MEDIA) {
          response.once("data", (part: Buffer) => {
            resolve(replyOf(response, part));
            sent.destroy();
          });
        }
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }

  async function good<T>(method: string, path: string, options?: WebRequest): Promise<T> {
    const reply = await request(method, path, options);
    if (reply.status < 200 || reply.status > 299) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
    return reply.json<T>();
  }

  return {
    request,
    get: (path) => good("GET", path),
    post: (path, body) =>
      good("POST", path, { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    close: () => agent.destroy(),
  };
}

function replyOf(response: http.IncomingMessage, body: Buffer): WebReply {
  const text = body.toString("utf8");
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body,
    text,
    json: <T>() => JSON.parse(text) as T,
    problem() {
      const type = response.headers["content-type"] ?? "";
      if (!type.startsWith("application/problem+json")) throw new Error(`no problem, but ${type}: ${text}`);
      return JSON.parse(text) as Problem;
    },
  };
}
