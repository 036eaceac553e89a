/** A server that breaks connections, and what the CLI sends to it. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { ERRORS } from "../errors/index.ts";
import { runCli } from "./index.ts";
import { world } from "./world.suite.ts";

type Answer = "cut" | "gone" | "in-use" | "done";

/** Gives its answers one after the other, and then the last one again. */
async function serving(...answers: readonly Answer[]) {
  const asked: { readonly method: string; readonly key: string | undefined }[] = [];
  const server = http.createServer((request, response) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    const key = request.headers["idempotency-key"];
    asked.push({ method: String(request.method), key: typeof key === "string" ? key : undefined });
    request.resume();
    if (answer === "cut") return void request.on("end", () => request.socket.destroy());
    if (answer === "gone") {
      server.close();
      return void request.on("end", () => request.socket.destroy());
    }
    if (answer === "done") return void response.writeHead(204).end();
    const { status, when: title, remedy } = ERRORS["idempotency-key-in-use"];
    const words = { type: "t", title, status, detail: "d", code: "idempotency-key-in-use", remedy, requestId: "i" };
    response.writeHead(status, { "content-type": "application/problem+json" }).end(JSON.stringify(words));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const run = async (...argv: readonly string[]) => {
    const { io, err, slept } = world([...argv, "--url", url]);
    return { code: await runCli(io), err: err(), slept };
  };
  return { asked, run };
}

const REVOKE = ["token", "revoke", "ci"] as const;

describe("a write whose connection breaks", () => {
  it("is sent once more, with the key of the first", async () => {
    const { asked, run } = await serving("cut", "done");
    expect((await run(...REVOKE)).code).toBe(0);
    const [first, second, ...more] = asked;
    expect([first?.method, more]).toEqual(["DELETE", []]);
    expect(first?.key).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).toEqual(first);
  });

  it("waits while the first is still under way", async () => {
    const { asked, run } = await serving("cut", "in-use", "in-use", "done");
    const { code, slept } = await run(...REVOKE);
    expect([code, slept]).toEqual([0, [1000, 1000]]);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
  });

  it("is not sent a third time", async () => {
    const { asked, run } = await serving("cut");
    const { code, err } = await run(...REVOKE);
    expect([code, asked.length]).toEqual([1, 2]);
    expect(err).toContain("code: server-unreachable");
  });

  it("is told as broken, not as refused, where the server is gone by the second time", async () => {
    const { asked, run } = await serving("gone");
    const { code, err } = await run(...REVOKE);
    expect([code, asked.length]).toEqual([1, 1]);
    expect(err).toContain("code: server-unreachable");
    expect(err).not.toContain("refused");
  });

  it("has another key than the next write", async () => {
    const { asked, run } = await serving("done");
    await run(...REVOKE);
    await run(...REVOKE);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(2);
  });

  it("is told what the server says to the first of its kind, without waiting", async () => {
    const { asked, run } = await serving("in-use");
    const { code, err, slept } = await run(...REVOKE);
    expect([code, asked.length, slept]).toEqual([1, 1, []]);
    expect(err).toContain("code: idempotency-key-in-use");
  });
});

it("what only reads is not sent again, and has no key", async () => {
  const { asked, run } = await serving("cut");
  expect((await run("status")).code).toBe(1);
  expect(asked).toEqual([{ method: "GET", key: undefined }]);
});
