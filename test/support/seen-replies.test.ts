import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { declaredReplies, unseenReplies } from "./seen-replies.ts";

it("are all declared replies but those that some process has noted", () => {
  const folder = mkdtempSync(join(tmpdir(), "uptick-seen-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const declared = declaredReplies();
  expect(declared).toEqual(expect.arrayContaining(["createPlan 201 application/json", "revokeToken 204 undefined"]));
  expect(unseenReplies(folder)).toEqual(declared);
  writeFileSync(join(folder, "1"), `${declared.slice(0, 2).join("\n")}\nshowPlan 404 application/problem+json\n`);
  writeFileSync(join(folder, "2"), `${declared.slice(3).join("\n")}\n`);
  expect(unseenReplies(folder)).toEqual([declared[2]]);
});
