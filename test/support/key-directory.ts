/** Runs once before all tests: a directory for the keys that they share (`key-pool.ts`), which goes when they are over. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    readonly keyDirectory: string;
  }
}

export default function keyDirectory(project: TestProject): () => void {
  const directory = mkdtempSync(join(tmpdir(), "uptick-test-keys-"));
  project.provide("keyDirectory", directory);
  return () => rmSync(directory, { recursive: true, force: true });
}
