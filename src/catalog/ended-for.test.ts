import { describe, expect, it } from "vitest";
import { endedFor } from "./ended-for.ts";
import type { Catalog, KnownRelease } from "./list.ts";
import { released } from "./listed.suite.ts";

const PHONE = "iPhone17,1";
const LIST = { date: "2026-08-22" };
const of = (version: string, postingDate: string, devices: readonly string[]): KnownRelease => ({
  ...released(version, { postingDate, devices: [...devices] }),
  absent: 0,
});
const RELEASES = [
  of("18.7.8", "2026-08-06", [PHONE, "iPhone11,2"]),
  of("18.7.10", "2026-08-17", ["iPhone11,2"]),
  of("26.6.1", "2026-08-24", [PHONE]),
];
const ask = (catalog: Catalog, at: string, version = "18.5", lookupIds: readonly string[] = [PHONE]) =>
  endedFor({ catalog, device: { platform: "iOS", version, lookupIds }, now: Date.parse(at) })?.newer;

describe("whether Apple still updates the installed major", () => {
  it("is answered from the newest list; without one, or of a device that names no model, nothing is said", () => {
    expect(ask({ list: LIST, releases: RELEASES }, "2026-08-25T12:00:00Z")).toBe("26.6.1");
    expect(ask({ list: null, releases: RELEASES }, "2026-08-25T12:00:00Z")).toBeUndefined();
    expect(ask({ list: LIST, releases: RELEASES }, "2026-08-25T12:00:00Z", "18.5", [])).toBeUndefined();
  });

  it("changes within a day when the posting day of the newer major begins at UTC+14", () => {
    const catalog = { list: LIST, releases: RELEASES };
    const at = ["2026-08-23T09:59:00Z", "2026-08-23T10:00:00Z"].map((when) => ask(catalog, when));
    expect(at).toEqual([undefined, "26.6.1"]);
  });

  it("goes through the releases once for all devices of a model", () => {
    let looks = 0;
    const counted = RELEASES.map((one) => ({
      ...one,
      get version() {
        looks += 1;
        return one.version;
      },
    }));
    const catalog = { list: LIST, releases: counted };
    const first = ask(catalog, "2026-08-25T12:00:00Z");
    const once = looks;
    const others = Array.from({ length: 1000 }, () => ask(catalog, "2026-08-25T13:00:00Z"));
    expect([first, new Set(others), looks]).toEqual(["26.6.1", new Set(["26.6.1"]), once]);
  });

  it("is right for each of more models than are remembered", () => {
    const catalog = { list: LIST, releases: RELEASES };
    const said = Array.from({ length: 12_000 }, (_value, n) =>
      ask(catalog, "2026-08-25T12:00:00Z", "18.5", n % 4000 === 0 ? [PHONE] : [`iPhone99,${n}`]),
    );
    expect(said.flatMap((one, n) => (one === undefined ? [] : [n]))).toEqual([0, 4000, 8000]);
  });
});
