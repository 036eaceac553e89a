/** Sentences are loaded by what shows them, and by nothing else. */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { TRANSACTIONS_MODULE } from "../../src/service/index.ts";
import { reachOf } from "./reach.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe("the room of words", () => {
  it("can be loaded alone, as a page in a browser does", () => {
    const { files, packages } = reachOf(root, ["src/words/index.ts"]);
    expect(files.size).toBeGreaterThan(15);
    expect([...files].filter((file) => !file.startsWith("src/words/"))).toEqual([]);
    expect([...packages]).toEqual([]);
  });

  it("is not loaded by the writer's thread, which stores codes", () => {
    const start = ["src/store/sqlite/writer-worker.ts", relative(root, fileURLToPath(TRANSACTIONS_MODULE))];
    const { files } = reachOf(root, start);
    expect([...files]).toEqual(expect.arrayContaining(["src/plans/index.ts", "src/store/index.ts"]));
    expect([...files].filter((file) => file.startsWith("src/words/"))).toEqual([]);
  });
});
