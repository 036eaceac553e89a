import { describe, expect, it } from "vitest";
import { shortIds } from "./short-ids.ts";

describe("short ids", () => {
  it("are the ends of ids, since the beginnings of two that were made at once are the same", () => {
    const ids = ["0198c000-0000-7000-8000-0000aaaaaaaa", "0198c000-0000-7001-8000-0000bbbbbbbb"];
    expect(ids.map(shortIds(ids))).toEqual(["aaaaaaaa", "bbbbbbbb"]);
  });

  it("are as long as it takes for each to be the only one", () => {
    const ids = ["0198c000-0000-7000-8000-000100000001", "0198c000-0000-7000-8000-000200000001"];
    expect(ids.map(shortIds(ids))).toEqual(["100000001", "200000001"]);
  });
});
