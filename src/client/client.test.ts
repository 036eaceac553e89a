/** The typed client before the real admin API, and before what is none. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, expectTypeOf, it, onTestFinished } from "vitest";
import type { DeviceDetail, DryRun, DryRunSummary, NewPlan } from "../contract/index.ts";
import { UptickError } from "../errors/index.ts";
import { fakeApi } from "../http/admin/fake-api.suite.ts";
import { device, TOKEN } from "../http/admin/fake-rows.suite.ts";
import type { Changes } from "../http/admin/fake-service.suite.ts";
import { Client, type LineOf, NoAnswer, ServerProblem } from "./index.ts";

async function clientOf(changes: Changes = {}, options = {}) {
  const { app, calls } = fakeApi(changes);
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return { client: new Client({ url, token: TOKEN, fetch, ...options }), calls };
}

/** A client of a server that answers everything so. */
async function clientOfStranger(answer: (response: http.ServerResponse) => void): Promise<Client> {
  const server = http.createServer((_request, response) => answer(response)).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  return new Client({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: TOKEN, fetch });
}

const plan = { to: "26.6.2", devices: ["all"], action: "install" } as const;
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("a call", () => {
  it("gives what the route's contract says, as its type", async () => {
    const { client, calls } = await clientOf();
    const { status, body } = await client.call("showDevice", { params: { ref: device.serial ?? "" } });
    // Null: 304, which only `If-None-Match` brings.
    expectTypeOf(body).toEqualTypeOf<DeviceDetail | null>();
    expect([status, body?.id, calls.at(-1)?.args]).toEqual([200, device.id, [device.serial]]);
  });

  it("sends parameters as the text that they are in an address", async () => {
    const { client, calls } = await clientOf();
    await client.call("listDevices", { query: { limit: 7, search: "a&b=c", platform: undefined } });
    expect(calls.at(-1)?.args).toEqual([{ limit: 7, search: "a&b=c" }]);
    const error = await failure(client.call("showDevice", { params: { ref: "a/b?c" } }));
    expect(error).toMatchObject({ code: "device-unknown", message: expect.stringContaining("a/b?c") as unknown });
  });

  it("tells the replies of a route apart", async () => {
    const { client } = await clientOf();
    const made = await client.call("createPlan", { body: plan });
    expectTypeOf(made.body).toEqualTypeOf<NewPlan | DryRun | DryRunSummary>();
    expect([made.status, made.headers.get("location")]).toEqual([201, "/api/v1/plans/plan-1"]);
    const tried = await client.call("createPlan", { body: plan, query: { dryRun: true } });
    expect(tried).toMatchObject({ status: 200, body: { rows: expect.any(Array) as unknown } });
  });

  it("takes replies without a body, and of bytes", async () => {
    const { client } = await clientOf();
    expect(await client.call("revokeToken", { params: { name: "ci" } })).toMatchObject({ status: 204, body: null });
    const { body } = await client.call("enroll", { body: {}, accept: "application/x-apple-aspen-config" });
    expect(body).toEqual(new Uint8Array([0x30, 0x82, 0xff, 0x00]));
  });

  it("sends bytes as they are, and its own headers", async () => {
    const seen: Headers[] = [];
    const watched: typeof fetch = (input, init) => {
      seen.push(new Headers(init?.headers));
      return fetch(input, init);
    };
    const { client, calls } = await clientOf({}, { fetch: watched, headers: { "x-page": "1" } });
    await client.call("importPush", { body: "-----BEGIN", headers: { "idempotency-key": "k" } });
    expect(calls.at(-1)?.args).toEqual(["-----BEGIN"]);
    expect(Object.fromEntries(seen[0] ?? [])).toMatchObject({
      "content-type": "application/x-pem-file",
      "idempotency-key": "k",
      "x-page": "1",
    });
  });

  it("does not compile with what the route does not have", async () => {
    const { client } = await clientOf();
    // @ts-expect-error a plan needs an action
    await failure(client.call("createPlan", { body: { to: "26.6.2" } }));
    // @ts-expect-error the device is missing
    await failure(client.call("showDevice", {}));
    // @ts-expect-error there is no such parameter
    await failure(client.call("listDevices", { query: { serch: "x" } }));
    // @ts-expect-error this route answers with one value
    expect(await failure(client.lines("showDevice", () => true, {}).next())).toBeInstanceOf(Error);
  });
});

describe("a refusal", () => {
  it("is the server's problem", async () => {
    const limited = new UptickError("catalog-fetch-limited", "Not yet.", { retryAfter: 60 });
    const { client } = await clientOf({ "server.fetchCatalog": () => Promise.reject(limited) });
    const error = await failure(client.call("fetchCatalog", {}));
    expect(error).toBeInstanceOf(ServerProblem);
    expect(error).toMatchObject({ code: "catalog-fetch-limited", status: 429, retryAfter: 60, message: "Not yet." });
  });

  it("names the fields", async () => {
    const { client } = await clientOf();
    const error = await failure(client.call("createToken", { body: { name: "" } }));
    expect(error).toMatchObject({ problem: { errors: [{ pointer: "/name" }] } });
  });
});

describe("no answer", () => {
  it.each<[string, number, string, string, NoAnswer["kind"]]>([
    ["a page of a proxy", 502, "text/html", "<h1>Bad Gateway</h1>", "away"],
    ["a page of another server", 404, "text/html", "<h1>Not found</h1>", "foreign"],
    ["a redirect", 302, "text/html", "", "foreign"],
    ["JSON of another API", 200, "application/json", '{"status":"fine"}', "foreign"],
    ["no JSON", 200, "application/json", "{", "foreign"],
    ["another media type", 200, "text/plain", '{"status":"ok"}', "foreign"],
    ["a problem of another API", 404, "application/problem+json", '{"title":"no"}', "foreign"],
  ])("is known from %s", async (_what, status, type, body, kind) => {
    const client = await clientOfStranger((response) => response.writeHead(status, { "content-type": type }).end(body));
    const error = await failure(client.call("health", {}));
    expect(error).toBeInstanceOf(NoAnswer);
    expect(error).toMatchObject({ kind, status });
  });

  it("is known from a connection that breaks, and from one that never is", async () => {
    const broken = await clientOfStranger((response) => response.writeHead(200, { "content-length": "9" }).destroy());
    expect(await failure(broken.call("health", {}))).toMatchObject({ kind: "unreachable" });
    const nobody = new Client({ url: "http://127.0.0.1:1", fetch });
    const error = await failure(nobody.call("health", {}));
    expect(error).toMatchObject({ kind: "unreachable", cause: expect.any(Error) as unknown });
  });
});

describe("lines", () => {
  const all = async (client: Client): Promise<LineOf<"report">[]> => {
    const found: LineOf<"report">[] = [];
    for await (const { value } of client.lines("report", (line) => "summary" in line, {})) found.push(value);
    return found;
  };

  it("are given as they come, to the last", async () => {
    const { client } = await clientOf();
    const lines = await all(client);
    expect(lines.map((line) => Object.keys(line))).toEqual([["device"], ["summary"]]);
  });

  it("are a problem where the server could not continue", async () => {
    const { client } = await clientOf({
      "devices.report": async function* () {
        yield [];
        await Promise.reject(new UptickError("store-unavailable", "It is away."));
      },
    });
    expect(await failure(all(client))).toMatchObject({ name: "ServerProblem", code: "store-unavailable" });
  });

  it.each<[string, string, NoAnswer["kind"]]>([
    ["that end before the last", "", "cut-off"],
    ["that are none", '{"colour":"red"}\n', "foreign"],
    ["that are cut", '{"devi', "foreign"],
  ])("are no answer %s", async (_what, text, kind) => {
    const client = await clientOfStranger((response) =>
      response.writeHead(200, { "content-type": "application/x-ndjson" }).end(text),
    );
    expect(await failure(all(client))).toMatchObject({ name: "NoAnswer", kind });
  });

  it("end the reply where nobody reads on", async () => {
    const closed = Promise.withResolvers<void>();
    const client = await clientOfStranger((response) => {
      response.on("close", () => closed.resolve());
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      response.write(
        '{"summary":{"reportAt":"2026-08-21T00:00:00.000Z","devices":1,"catalogTakenAt":null,"catalogDate":null}}\n',
      );
    });
    expect(await all(client)).toHaveLength(1);
    await closed.promise;
  });
});
