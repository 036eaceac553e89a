import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isUptickError, type UptickError } from "../errors/index.ts";
import type { DataKeySource } from "./config/index.ts";
import { defaultDataKeySource, loadDataKey } from "./data-key.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "uptick-key-"));
  path = join(folder, "data-key");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = (source: DataKeySource, env: Record<string, string | undefined> = {}, mayCreate = true) =>
  loadDataKey(source, { env: { PATH: process.env["PATH"], ...env }, mayCreate });

async function refusal(loading: Promise<unknown>): Promise<UptickError> {
  const error = await loading.then(
    () => new Error("the key was accepted"),
    (reason: unknown) => reason,
  );
  if (isUptickError(error) && error.code === "data-key-invalid") return error;
  throw error;
}

describe("data key in a file", () => {
  it("is made at the first start, for its owner alone, and is the same ever after", async () => {
    const source = defaultDataKeySource(join(folder, "new", "data"));
    const made = await load(source);
    const file = join(folder, "new", "data", "data-key");
    expect(made.key).toHaveLength(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).toBe(`${Buffer.from(made.key).toString("base64")}\n`);
    expect(await load(source, {}, false)).toEqual(made);
  });

  it("is one key when two processes create it at the same time, and leaves no temporary file", async () => {
    const source: DataKeySource = { kind: "file", path };
    const made = await Promise.all(Array.from({ length: 8 }, () => load(source)));
    expect(new Set(made.map((key) => key.id)).size).toBe(1);
    expect(readdirSync(folder)).toEqual(["data-key"]);
  });

  it("is not created again once there are sealed secrets", async () => {
    const error = await refusal(load({ kind: "file", path }, {}, false));
    expect(error.message).toBe(`The data key file ${path} is missing.`);
    expect(error.remedy).toContain("Restore the data key");
    expect(existsSync(path)).toBe(false);
  });

  it("is refused when every user can read it, with the way to close it", async () => {
    await load({ kind: "file", path });
    chmodSync(path, 0o644);
    expect((await refusal(load({ kind: "file", path }))).remedy).toBe(`Close it: chmod 600 ${path}`);
  });

  it.each([
    ["empty", ""],
    ["too short", randomBytes(31).toString("base64")],
    ["too long", randomBytes(33).toString("base64")],
    ["not base64", `${randomBytes(32).toString("base64").slice(0, -2)}!=`],
    ["hexadecimal", randomBytes(32).toString("hex")],
  ])("is refused, kept and not shown when it is %s", async (_title, content) => {
    writeFileSync(path, content, { mode: 0o600 });
    const error = await refusal(load({ kind: "file", path }));
    expect(error.message).toBe(`The data key from the file ${path} is not 32 bytes in base64.`);
    expect(readFileSync(path, "utf8")).toBe(content);
  });

  it("names the file that can't be made", async () => {
    writeFileSync(path, "");
    const error = await refusal(load({ kind: "file", path: join(path, "below", "key") }));
    expect(error.message).toContain(join(path, "below", "key"));
  });
});

describe("data key from elsewhere", () => {
  const key = randomBytes(32);
  const base64 = key.toString("base64");

  it("comes from a variable", async () => {
    const loaded = await load({ kind: "env", name: "KEY" }, { KEY: base64 });
    expect(Buffer.from(loaded.key)).toEqual(key);
  });

  it("comes from what a command prints", async () => {
    const loaded = await load({ kind: "command", command: 'printf "%s\\n" "$KEY"' }, { KEY: base64 });
    expect(Buffer.from(loaded.key)).toEqual(key);
  });

  it("has the first eight hex digits of its SHA-256 as its id", async () => {
    // SHA-256 of 32 zero bytes is 66687aadf862bd77…
    const zero = Buffer.alloc(32).toString("base64");
    expect((await load({ kind: "env", name: "KEY" }, { KEY: zero })).id).toBe("66687aad");
  });

  it.each([undefined, ""])("names the variable that is %j", async (value) => {
    const error = await refusal(load({ kind: "env", name: "KEY" }, { KEY: value }));
    expect(error.message).toContain("The variable KEY");
    expect(error.remedy).toContain("Set KEY");
  });

  it("says how the command ended, not what it printed", async () => {
    const error = await refusal(load({ kind: "command", command: 'printf "%s" "$KEY"; exit 3' }, { KEY: base64 }));
    expect(error.message).toBe("The command for the data key failed (exit code 3).");
    expect(JSON.stringify([error.message, error.remedy, String(error.cause)])).not.toContain(base64);
  });

  it("refuses a command that prints something else", async () => {
    const error = await refusal(load({ kind: "command", command: "echo hello" }));
    expect(error.message).toBe("The data key from the command is not 32 bytes in base64.");
  });
});
