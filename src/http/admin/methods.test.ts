/** What an address answers to methods that it does not have, and to HEAD and OPTIONS. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import net from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { type Problem, type Route, ROUTES } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { ask, authorization, fakeApi, type Method } from "./fake-api.suite.ts";
import { methodsAt } from "./other-methods.ts";

const ALL: readonly Method[] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const routes: readonly Route[] = Object.values(ROUTES);
const paths = [...new Set(routes.map(({ path }) => path.replaceAll(/:[a-z]+/g, "one")))];

describe("a method that an address does not have", () => {
  it.each(paths)("is 405 at %s, with the methods that it has", async (path) => {
    const { app, calls } = fakeApi();
    const taken = methodsAt(path);
    const others = ALL.filter((method) => !taken.includes(method));
    for (const method of others) {
      const reply = await ask(app, method, path);
      expect([reply.statusCode, reply.headers["allow"]]).toEqual([405, taken.join(", ")]);
      expect(reply.json()).toMatchObject({ code: "method-not-allowed", status: 405 });
    }
    expect([others.length > 0, calls]).toEqual([true, []]);
  });

  it("names all methods of all routes that a path fits", () => {
    expect(methodsAt("/api/v1/plans")).toEqual(["GET", "HEAD", "OPTIONS", "POST"]);
    expect(methodsAt("/api/v1/plans/order")).toEqual(["GET", "HEAD", "OPTIONS", "PATCH", "POST"]);
    expect(methodsAt("/mdm")).toEqual(["OPTIONS", "PUT"]);
  });

  it.each(["/", "/api/v1", "/api/v1/plans/", "/api/v1/Plans", "/api/v1/plans/a/b", "/mdm/x", "*"])(
    "is of no address at %s",
    (path) => {
      expect(methodsAt(path)).toEqual([]);
    },
  );
});

describe("OPTIONS", () => {
  it("is answered with the methods, without a token and without leave for other origins", async () => {
    const headers = { origin: "https://elsewhere.example", "access-control-request-method": "POST" };
    const reply = await fakeApi().app.inject({ method: "OPTIONS", url: "/api/v1/plans?x=1", headers });
    expect([reply.statusCode, reply.body, reply.headers["allow"]]).toEqual([204, "", "GET, HEAD, OPTIONS, POST"]);
    expect(Object.keys(reply.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  it("is 404 where nothing is", async () => {
    expect((await fakeApi().app.inject({ method: "OPTIONS", url: "/nowhere" })).statusCode).toBe(404);
  });
});

describe("HEAD", () => {
  const head = (url: string, headers = {}) =>
    fakeApi().app.inject({ method: "HEAD", url, headers: { authorization, ...headers } });

  it("has the head of GET and no body", async () => {
    const got = await ask(fakeApi().app, "GET", "/api/v1/plans");
    const reply = await head("/api/v1/plans");
    expect([reply.statusCode, reply.body]).toEqual([200, ""]);
    expect(reply.headers["content-length"]).toBe(got.headers["content-length"]);
  });

  it("makes no lines of a stream", async () => {
    const { app, calls } = fakeApi({
      "devices.report": async function* () {
        await Promise.reject(new Error("it was made"));
        yield [];
      },
    });
    const url = "/api/v1/report?at=2026-08-21T00:00:00Z";
    const reply = await app.inject({ method: "HEAD", url, headers: { authorization } });
    expect([reply.statusCode, reply.body, calls.at(-1)?.method]).toEqual([200, "", "devices.report"]);
  });

  it("needs a token, and is refused without a body", async () => {
    const reply = await head("/api/v1/plans", { authorization: "Bearer guess" });
    expect([reply.statusCode, reply.body]).toEqual([401, ""]);
  });
});

describe("a refusal for now", () => {
  const wait = async (error: UptickError): Promise<unknown> => {
    const reply = await ask(fakeApi({ "server.status": () => Promise.reject(error) }).app, "GET", "/api/v1/status");
    return [reply.statusCode, reply.headers["retry-after"]];
  };

  it("says when to try again", async () => {
    expect(await wait(new UptickError("store-unavailable", "It is away."))).toEqual([503, "5"]);
    expect(await wait(new UptickError("store-unavailable", "It is away.", { retryAfter: 90 }))).toEqual([503, "90"]);
    const limited = new UptickError("catalog-fetch-limited", "Not yet.", { retryAfter: 1200 });
    const { app } = fakeApi({ "server.fetchCatalog": () => Promise.reject(limited) });
    const reply = await ask(app, "POST", "/api/v1/catalog/fetch");
    expect([reply.statusCode, reply.headers["retry-after"]]).toEqual([429, "1200"]);
  });

  it("is a problem too while the server stops", async () => {
    const { app } = fakeApi();
    const blocked = Promise.withResolvers<void>();
    app.addHook("preClose", () => blocked.promise);
    await app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const agent = new http.Agent({ keepAlive: true });
    const get = async (): Promise<http.IncomingMessage> =>
      new Promise((resolve, reject) => {
        http.get({ port, path: "/healthz", agent }, resolve).on("error", reject);
      });
    (await get()).resume();
    const closed = app.close();
    const reply = await get();
    const told = JSON.parse(await text(reply)) as Problem;
    blocked.resolve();
    await closed;
    agent.destroy();
    expect([reply.statusCode, reply.headers["retry-after"], told.code]).toEqual([503, "5", "server-stopping"]);
  });
});

describe("bytes that are no request", () => {
  it.each([
    ["no HTTP", "hello\r\n\r\n", 400, "request-invalid"],
    [
      "a head of 20 KiB",
      `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(20_000)}\r\n\r\n`,
      431,
      "request-head-too-large",
    ],
    ["a path of 20 KiB", `GET /${"x".repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431, "request-head-too-large"],
    [
      "two lengths",
      "POST /mdm HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      400,
      "request-invalid",
    ],
  ])("are a problem: %s", async (_what, bytes, status, code) => {
    const { app } = fakeApi();
    await app.listen({ host: "127.0.0.1", port: 0 });
    const socket = net.connect((app.server.address() as AddressInfo).port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(bytes);
    const [head = "", body = ""] = (await text(socket)).split("\r\n\r\n");
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*\\r\\nContent-Type: application/problem\\+json\\r\\n`));
    expect(JSON.parse(body)).toMatchObject({ status, code });
  });
});
