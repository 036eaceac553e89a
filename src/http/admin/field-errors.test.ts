import { describe, expect, it } from "vitest";
import { UptickError } from "../../errors/index.ts";
import { ask, askJson, fakeApi } from "./fake-api.suite.ts";
import { pointerOf } from "./field-errors.ts";

interface Named {
  readonly pointer?: string;
  readonly parameter?: string;
  readonly detail: string;
}
const errorsOf = (reply: { json(): { errors?: readonly Named[] } }): readonly Named[] => reply.json().errors ?? [];

describe("the fields of a body", () => {
  const plan = { to: "26.6.2", devices: ["all"], action: "install" };
  it.each<[string, unknown, readonly string[]]>([
    ["a field of the wrong type", { ...plan, devices: ["a", 4] }, ["/devices/1"]],
    ["a missing field", { to: "26.6.2", devices: ["all"] }, ["/action"]],
    ["several fields", { ...plan, to: "", allowMajor: "no" }, ["/to", "/allowMajor"]],
    ["fields that there are not", { ...plan, allowMayor: true, "a/b~c": 1 }, ["/allowMayor", "/a~1b~0c"]],
    ["no object", 7, [""]],
    ["null", null, [""]],
  ])("are named by JSON pointers: %s", async (_what, body, pointers) => {
    const reply = await askJson(fakeApi().app, "POST", "/api/v1/plans", body);
    expect(reply.statusCode).toBe(400);
    expect(errorsOf(reply).map(({ pointer }) => pointer)).toEqual(pointers);
    for (const { detail } of errorsOf(reply)) expect(detail).toMatch(/\w/);
  });

  it("are named with what is taken instead", async () => {
    const reply = await askJson(fakeApi().app, "POST", "/api/v1/tokens", { nmae: "ci" });
    expect(errorsOf(reply).at(-1)).toEqual({
      pointer: "/nmae",
      detail: "not taken here; taken are name, role, expiresAt",
    });
  });

  it("are a hundred at most", async () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_one, nth) => [`key${nth}`, nth]));
    const reply = await askJson(fakeApi().app, "POST", "/api/v1/tokens", { name: "ci", ...many });
    expect(errorsOf(reply)).toHaveLength(100);
  });

  it.each([
    ["no JSON", "{", "is not JSON"],
    ["nested too deep", "[".repeat(33), "nests deeper than 32 levels"],
  ])("are the body as a whole where it is %s", async (_what, body, detail) => {
    const reply = await ask(fakeApi().app, "POST", "/api/v1/plans", { "content-type": "application/json" }, body);
    expect(errorsOf(reply)).toEqual([{ pointer: "", detail: expect.stringContaining(detail) as unknown }]);
  });

  it("are named by what the service says of one of them", async () => {
    const error = new UptickError("window-invalid", "It is no window.", { remedy: "Write another." });
    const { app } = fakeApi({ "plans.create": () => Promise.reject(error) });
    const reply = await askJson(app, "POST", "/api/v1/plans", { ...plan, window: "at night" });
    expect(reply.json()).toMatchObject({
      code: "window-invalid",
      remedy: "Write another.",
      errors: [{ pointer: "/window", detail: "It is no window." }],
    });
  });

  it("are not guessed where a route has no such field", async () => {
    const error = new UptickError("zone-invalid", "It is no time zone.");
    const { app } = fakeApi({ "scopes.setZoneRules": () => Promise.reject(error) });
    const reply = await askJson(app, "PUT", "/api/v1/zone-rules", { rules: [], revision: 0 });
    expect([reply.json().code, reply.json().errors]).toEqual(["zone-invalid", undefined]);
  });
});

describe("the parameters of a request", () => {
  it("are named", async () => {
    const reply = await ask(fakeApi().app, "GET", "/api/v1/devices?limit=0&serch=x&platform=beos");
    expect(
      errorsOf(reply)
        .map(({ parameter }) => parameter)
        .toSorted((a = "", b = "") => a.localeCompare(b)),
    ).toEqual(["limit", "platform", "serch"]);
    expect(errorsOf(reply).every(({ pointer }) => pointer === undefined)).toBe(true);
  });
});

describe("a JSON pointer", () => {
  it("escapes as RFC 6901 says", () => {
    expect(pointerOf([])).toBe("");
    expect(pointerOf(["a/b", "m~n", "", 0, "~1"])).toBe("/a~1b/m~0n//0/~01");
  });
});
