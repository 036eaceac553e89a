import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { keyPool } from "./key-pool.ts";

const directory = mkdtempSync(join(tmpdir(), "uptick-pool-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("a file's keys are all different, and the next file finds the same ones", () => {
  const pem = (pool: ReturnType<typeof keyPool>, bits: number): string =>
    String(pool(bits).export({ type: "pkcs8", format: "pem" }));
  const one = keyPool(directory);
  const first = [pem(one, 1024), pem(one, 1024), pem(one, 2048)];
  expect(new Set(first).size).toBe(3);
  const two = keyPool(directory);
  expect([pem(two, 1024), pem(two, 1024), pem(two, 2048)]).toEqual(first);
  expect(readdirSync(directory).toSorted()).toEqual(["rsa-1024-0.pem", "rsa-1024-1.pem", "rsa-2048-0.pem"]);
});
