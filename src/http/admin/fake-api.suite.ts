/** The real admin API in front of the fake service. Each of its replies is held to the contract when the test ends. */
import { Readable } from "node:stream";
import { text as readText } from "node:stream/consumers";
import Fastify, { type FastifyInstance } from "fastify";
import { onTestFinished } from "vitest";
import { createBodyBudget } from "../body/index.ts";
import { TOKEN } from "./fake-rows.suite.ts";
import { type Call, type Changes, fakeService } from "./fake-service.suite.ts";
import { adminServerOptions, registerAdmin } from "./index.ts";
import { faultsOf, routeAt } from "./true-replies.suite.ts";

export interface FakeApi {
  readonly app: FastifyInstance;
  readonly calls: Call[];
  /** Who asked for each call that changes something. */
  readonly actors: readonly string[];
  readonly logged: { event: string; fields: object }[];
}

export function fakeApi(changes: Changes = {}): FakeApi {
  const { service, calls, actors } = fakeService(changes);
  const logged: FakeApi["logged"] = [];
  const log = (event: string, fields: object): void => void logged.push({ event, fields });
  const app = Fastify(adminServerOptions(log));
  const faults = holdToContract(app);
  const bodies = createBodyBudget({ total: 2 ** 25, claimed: 0, stranger: 0 });
  registerAdmin(app, { service, log, audit: log, bodies });
  // By the test, not by this file: it may be read once for several files of tests.
  onTestFinished(async () => {
    await app.close();
    if (faults.length > 0) throw new Error(`The fake service says what the real one can't:\n${faults.join("\n")}`);
  });
  return { app, calls, actors, logged };
}

/** Gives what was wrong with its replies so far. */
function holdToContract(app: FastifyInstance): readonly string[] {
  const faults: string[] = [];
  app.addHook("onSend", async (request, reply, payload) => {
    const { method } = request;
    // They have no body, and no route in the table.
    if (method === "HEAD" || method === "OPTIONS") return payload;
    const route = routeAt(method, request.url.split("?", 1)[0] ?? "");
    const type = reply.getHeader("content-type")?.toString();
    // A stream is read to its end here, and goes out as the text that it was.
    const sent = payload instanceof Readable ? await readText(payload) : payload;
    const text = Buffer.isBuffer(sent) || typeof sent === "string" ? sent.toString() : "";
    for (const fault of faultsOf(route, { status: reply.statusCode, type, text }))
      faults.push(`${method} ${request.url.slice(0, 100)}: ${fault}`);
    return sent;
  });
  return faults;
}

export type Method = "GET" | "POST" | "PUT" | "DELETE" | "PATCH";
export const authorization = `Bearer ${TOKEN}`;

export function ask(
  app: FastifyInstance,
  method: Method,
  url: string,
  headers: Record<string, string> = {},
  body?: string,
) {
  return app.inject({
    method,
    url,
    headers: { authorization, ...headers },
    ...(body === undefined ? {} : { payload: body }),
  });
}

export const askJson = (app: FastifyInstance, method: Method, url: string, body: unknown) =>
  ask(app, method, url, { "content-type": "application/json" }, JSON.stringify(body));
