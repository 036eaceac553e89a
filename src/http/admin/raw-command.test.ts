import type { FastifyInstance } from "fastify";
import { describe, expect, it } from "vitest";
import { ask, fakeApi } from "./fake-api.suite.ts";

describe("the raw command API", () => {
  const media = { "content-type": "application/x-apple-aspen-mdm" };
  const door = (app: FastifyInstance, query: string) => ask(app, "PUT", `/mdm?${query}`, media, "<plist>ü</plist>");

  it("sends the bytes as they are and waits 30 seconds unless told otherwise", async () => {
    const { app, calls } = fakeApi();
    await door(app, "device=SERIAL1");
    await door(app, "device=SERIAL1&wait=0");
    await door(app, "device=SERIAL1&wait=300&allow=EraseDevice");
    const raw = calls.filter(({ method }) => method === "commands.send").map(({ args }) => args);
    expect(raw.map(([ref, bytes, wait]) => [ref, Buffer.from(bytes as Uint8Array).toString(), wait])).toEqual([
      ["SERIAL1", "<plist>ü</plist>", { waitMs: 30_000, allow: undefined }],
      ["SERIAL1", "<plist>ü</plist>", { waitMs: 0, allow: undefined }],
      ["SERIAL1", "<plist>ü</plist>", { waitMs: 300_000, allow: "EraseDevice" }],
    ]);
  });

  it("refuses a longer wait and a missing device", async () => {
    const { app } = fakeApi();
    expect((await door(app, "device=SERIAL1&wait=301")).json()).toMatchObject({ code: "request-invalid" });
    expect((await door(app, "wait=1")).json().detail).toContain("device");
  });

  it("answers with the device's own bytes", async () => {
    const answer = Uint8Array.from([0x3c, 0xc3, 0x28, 0x3e]);
    const outcome = { kind: "answered", commandUuid: "cmd-1", status: "Acknowledged", answer } as const;
    const reply = await door(fakeApi({ "commands.send": async () => outcome }).app, "device=SERIAL1");
    expect(reply.statusCode).toBe(200);
    expect(reply.headers["content-type"]).toBe("application/xml");
    expect(reply.headers["uptick-status"]).toBe("Acknowledged");
    expect([...reply.rawPayload]).toEqual([...answer]);
  });

  it("names the address of the outcome while there is no answer, and that address replies in the same form", async () => {
    let answered = false;
    const pending = { kind: "pending", commandUuid: "a/b", state: "offered", resent: true } as const;
    const { app, calls } = fakeApi({
      "commands.send": async () => pending,
      "commands.show": async () => ({
        requestType: "OSUpdateStatus",
        createdBy: null,
        ...(answered
          ? { kind: "answered", commandUuid: "a/b", status: "Acknowledged", answer: Buffer.from("<plist/>") }
          : pending),
      }),
    });
    const reply = await door(app, `device=${encodeURIComponent("Room 4 / left")}`);
    expect(reply.statusCode).toBe(202);
    expect(reply.json()).toEqual(pending);
    const place = String(reply.headers["location"]);
    expect((await ask(app, "GET", place)).statusCode).toBe(202);
    answered = true;
    const later = await ask(app, "GET", place, { accept: "*/*" });
    expect([later.statusCode, later.headers["content-type"], later.body]).toEqual([200, "application/xml", "<plist/>"]);
    const asJson = await ask(app, "GET", place, { accept: "application/json" });
    expect(asJson.json()).toMatchObject({ kind: "answered", answer: "<plist/>", requestType: "OSUpdateStatus" });
    expect(calls.at(-1)?.args).toEqual(["Room 4 / left", "a/b"]);
  });

  it("says that a withdrawn command will have no answer", async () => {
    const closed = { kind: "closed", commandUuid: "cmd-1", outcome: "withdrawn" } as const;
    const { app } = fakeApi({
      "commands.send": async () => closed,
      "commands.show": async () => ({ ...closed, requestType: "X", createdBy: null }),
    });
    const reply = await door(app, "device=SERIAL1");
    expect(reply.statusCode).toBe(410);
    expect(reply.json()).toMatchObject({ code: "command-closed", detail: expect.stringContaining("withdrawn") });
    const place = "/api/v1/devices/SERIAL1/commands/cmd-1";
    expect((await ask(app, "GET", place)).statusCode).toBe(410);
    expect((await ask(app, "GET", place, { accept: "application/json" })).json()).toMatchObject({ kind: "closed" });
  });
});
