import { describe, expect, it } from "vitest";
import { createLogger, type LogLevel } from "./log.ts";
import { REDACTED } from "./redact.ts";

function capture(format: "json" | "pretty" = "json", level: LogLevel = "debug") {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  const log = createLogger({ level, format, destination, now: () => Date.UTC(2026, 7, 28, 15) });
  return { log, lines, text: () => lines.join("") };
}

const SECRET = "s3cr3t-v4lue";
const SECRET_NAMES = [
  "token",
  "Token",
  "pushMagic",
  "PushMagic",
  "unlockToken",
  "UnlockToken",
  "bootstrapToken",
  "BootstrapToken",
  "challenge",
  "challengePassword",
  "password",
  "passphrase",
  "passcode",
  "authorization",
  "Authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "privateKey",
  "private_key",
  "key",
  "keys",
  "dataKey",
  "data-key",
  "tlsKey",
  "secret",
  "clientSecret",
  "UPTICK_TOKEN",
];

describe("log", () => {
  it("writes any value as JSON", () => {
    const { log, text } = capture();
    log.warn("device-not-admitted", { what: "\u001b[2J\u009b31m\u202e\u2028" });
    expect(JSON.parse(text())).toMatchObject({ what: "\u001b[2J\u009b31m\u202e\u2028" });
  });

  it.each(["json", "pretty"] as const)("lets nothing that others wrote reach a terminal as a control: %s", (format) => {
    const { log, text } = capture(format);
    const said = "\u001b[2J\u009b31m\u202e\u2028";
    log.warn("device-not-admitted", { what: said, more: `with a blank ${said}`, deep: { said } });
    log.error("failed", { error: new Error(`it says ${said}\nand more`) });
    expect(text()).not.toMatch(/(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u202e]/u);
    expect(text()).toContain("\\u202e");
  });

  it("writes one JSON object a line with time, level, event and fields", () => {
    const { log, lines } = capture();
    log.warn("push refused", { device: "d1", status: 410 });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.endsWith("\n")).toBe(true);
    expect(JSON.parse(lines[0] ?? "")).toEqual({
      time: "2026-08-28T15:00:00.000Z",
      level: "warn",
      event: "push refused",
      device: "d1",
      status: 410,
    });
  });

  it("leaves out what weighs less than its level", () => {
    const { log, lines } = capture("json", "warn");
    log.debug("a");
    log.info("b");
    log.warn("c");
    log.error("d");
    expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(["c", "d"]);
  });

  it("gives every line of a child its fields", () => {
    const { log, lines } = capture();
    log.child({ device: "d1" }).child({ job: "j1" }).info("started", { n: 1 });
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ device: "d1", job: "j1", event: "started", n: 1 });
  });

  it.each(SECRET_NAMES)("never shows what lies under %s, at any depth", (name) => {
    for (const format of ["json", "pretty"] as const) {
      const { log, text } = capture(format);
      log.info("flat", { [name]: SECRET });
      log.info("nested", { a: { b: [{ c: { [name]: SECRET } }] } });
      log.info("whole object", { a: { [name]: { inner: [SECRET] } } });
      log.info("map", { a: new Map([[name, SECRET]]) });
      log.info("error", { err: Object.assign(new Error("x"), { [name]: SECRET }) });
      log.child({ a: { [name]: SECRET } }).info("child");
      expect(text()).not.toContain(SECRET);
      expect(text().split(REDACTED)).toHaveLength(7);
    }
  });

  it("never shows a private key or a credential that lies in a text", () => {
    const { log, text } = capture();
    const pem = `-----BEGIN EC PRIVATE KEY-----\n${SECRET}\n-----END EC PRIVATE KEY-----`;
    log.info("pem", { file: `before ${pem} after`, cut: `-----BEGIN PRIVATE KEY-----\n${SECRET}` });
    log.error("error", { err: new Error(`sent Bearer ${SECRET}`, { cause: new Error(pem) }) });
    log.error("error", { err: new Error(`can't reach postgres://user:${SECRET}@host/database`) });
    expect(text()).not.toContain(SECRET);
    expect(text()).toContain("before [redacted] after");
  });

  it.each(["a.", "a://", "a:b@", "://a:", "Bearer ", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", " ", "password"])(
    "shows the beginning of a text of 8 MiB of %j, and of a name and a list as long",
    (word) => {
      const { log, text } = capture();
      const long = word.repeat((8 * 1024 * 1024) / word.length);
      log.warn("x", { type: long, [long]: 1, err: new Error(long), list: Array.from({ length: 100_000 }, () => long) });
      const { type, list } = JSON.parse(text()) as { type: string; list: string[] };
      expect(type).toMatch(/… \[\d+ characters more\]$/);
      expect(list).toHaveLength(1001);
      expect(list.at(-1)).toBe("[more items]");
    },
  );

  it("never shows a credential that the end of what is shown cuts in two", () => {
    for (let before = 16_300; before <= 16_384; before += 1) {
      const { log, text } = capture();
      const pem = `-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----`;
      for (const what of [`postgres://user:${SECRET}@host`, `Bearer ${SECRET}`, pem]) {
        log.info("x", { url: `${".".repeat(before)} ${what} and more of it` });
      }
      expect(text()).not.toContain(SECRET.slice(0, 4));
    }
  });

  it("shows no stack of an error that says that the disk is full", () => {
    const { log, text } = capture();
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    log.error("x", { error: full, other: new Error("y") });
    const { error, other } = JSON.parse(text()) as { error: object; other: object };
    expect(error).toEqual({ name: "Error", code: "ENOSPC", message: full.message });
    expect(other).toHaveProperty("stack");
  });

  it("shows bytes as their number, and leaves out a URL's user and query", () => {
    const { log, text } = capture();
    log.info("x", { body: Buffer.from(SECRET), url: new URL(`https://u:${SECRET}@example.org/p?t=${SECRET}`) });
    expect(JSON.parse(text())).toMatchObject({ body: "[12 bytes]", url: "https://example.org/p" });
  });

  it("shows names that only look like secrets", () => {
    const { log, text } = capture();
    log.info("x", { productKey: "MSU_1", publicKey: "p", keyId: "k", monkeyBar: 1, passed: 3 });
    expect(JSON.parse(text())).toMatchObject({
      productKey: "MSU_1",
      publicKey: "p",
      keyId: "k",
      monkeyBar: 1,
      passed: 3,
    });
  });

  it("shows an error with its stack, fields and causes", () => {
    const { log, text } = capture();
    log.error("x", { err: Object.assign(new Error("outer", { cause: new Error("inner") }), { code: "E1" }) });
    const { err } = JSON.parse(text()) as { err: Record<string, unknown> };
    expect(err).toMatchObject({ message: "outer", code: "E1", cause: { message: "inner" } });
    expect(err["stack"]).toContain("log.test.ts");
  });

  it("survives what JSON does not: circles, big integers, depth, invalid dates", () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    const deep = Array.from({ length: 50 }).reduce<object>((inner) => ({ inner }), {});
    const { log, text } = capture();
    log.info("x", { circle, big: 2n ** 70n, deep, date: new Date(Number.NaN) });
    expect(text()).toContain('"self":"[circular]"');
    expect(text()).toContain('"big":"1180591620717411303424"');
    expect(text()).toContain("[too deep]");
  });

  it("shows an object twice that is named twice without a circle", () => {
    const shared = { a: 1 };
    const { log, text } = capture();
    log.info("x", { one: shared, two: shared });
    expect(JSON.parse(text())).toMatchObject({ one: { a: 1 }, two: { a: 1 } });
  });

  it("writes for people: time, level, event, words, then stacks", () => {
    const { log, lines } = capture("pretty");
    log.child({ device: "d1" }).warn("push refused", { reason: "no such token", n: 1 });
    log.error("failed", { err: new Error("boom") });
    expect(lines[0]).toBe('15:00:00.000 WARN  push refused device=d1 reason="no such token" n=1\n');
    expect(lines[1]).toMatch(
      /^15:00:00\.000 ERROR failed err=\{"message":"boom","name":"Error"\}\n {4}Error: boom\n {8}/,
    );
  });
});
