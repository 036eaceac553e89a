/** `uptick token reset` on a server's own data. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isUptickError } from "../../src/errors/index.ts";
import type { AuditEntry } from "../../src/contract/index.ts";
import { tokenReset } from "../../src/main/token-reset.ts";
import { startUptick, type Uptick } from "../support/index.ts";

async function reset(...argv: string[]) {
  let out = "";
  let err = "";
  const io = {
    argv,
    env: {},
    stdout: { write: (text: string) => void (out += text) },
    stderr: { write: (text: string) => void (err += text) },
  };
  const code = await tokenReset(io).catch((error: unknown) => {
    if (isUptickError(error)) return error.code;
    throw error;
  });
  return { code, out, err };
}

let uptick: Uptick;
beforeAll(async () => {
  uptick = await startUptick();
});
afterAll(() => uptick.close());

/** How the command is told where the server's data is. */
const place = (): string[] => {
  const flags = { "data-dir": uptick.directory, ...uptick.backend.flags };
  return Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
};

describe("token reset", () => {
  it("is refused while a server uses the data directory", async () => {
    expect(await reset(`--data-dir=${uptick.directory}`)).toMatchObject({ code: "data-directory-in-use", out: "" });
  });

  it("is refused where there is no database, and makes none", async () => {
    const empty = mkdtempSync(join(tmpdir(), "uptick-none-"));
    expect(await reset(`--data-dir=${empty}`)).toMatchObject({ code: "database-missing", out: "" });
    expect(readdirSync(empty)).toEqual([]);
    rmSync(empty, { recursive: true });
  });

  it("prints a token that works, beside the others, and stands in the audit and in both logs", async () => {
    const said: Awaited<ReturnType<typeof reset>>[] = [];
    await uptick.server.stop();
    for (const _time of ["first", "second"]) said.push(await reset(...place()));
    await uptick.begin({});
    for (const { code, out, err } of said) {
      expect(code).toBe(0);
      expect(out).toMatch(/^uptick_\S{40,}\n$/);
      expect(err).not.toContain(out.trim());
      expect(JSON.parse(err.split("\n")[0] ?? "")).toMatchObject({ level: "warn", event: "admin-token-reset" });
    }
    const [one, two] = said.map(({ out }) => out.trim());
    for (const token of [one, two, uptick.token]) {
      const reply = await uptick.web.request("GET", "/api/v1/tokens", { token: token ?? "" });
      expect(reply.json()).toMatchObject({ rows: [{ name: "first" }, { name: "reset" }, { name: "reset-2" }] });
    }
    const { rows } = await uptick.web.get<{ rows: AuditEntry[] }>("/api/v1/audit?object=token");
    expect(rows).toMatchObject(
      ["reset-2", "reset"].map((id) => ({ actor: "system", route: "resetToken", object: { id }, outcome: "ok" })),
    );
    const logged = (): unknown[] =>
      uptick.log.filter(({ event }) => event === "admin-token-reset").map(({ name }) => name);
    expect(logged()).toEqual(["reset", "reset-2"]);
    await uptick.restart();
    expect(logged()).toHaveLength(2);
  });
});
