/** The newest release for a device of whose major nothing is offered: it is there as long as it does not go back. */
import { describe, expect, it } from "vitest";
import { chooseRelease } from "./index.ts";
import { listOf, released } from "./listed.suite.ts";

const BETA = "24A5279h";

describe("a device of whose major nothing is offered", () => {
  it.each<[string, string, readonly string[], object]>([
    [
      "on a beta, is measured by the release below it",
      BETA,
      ["26.5", "26.6"],
      { kind: "already", wanted: { version: "26.6" }, position: "newer-beta" },
    ],
    [
      "on a beta, is not measured by a release above it",
      BETA,
      ["26.5", "28.0"],
      { kind: "already", wanted: { version: "26.5" }, position: "newer-beta" },
    ],
    ["on a beta, with nothing below it", BETA, ["28.0"], { kind: "refused", code: "runs-beta" }],
    [
      "on a release, is there",
      "24A300",
      ["26.5", "28.0"],
      { kind: "already", wanted: { version: "27.0" }, position: "there" },
    ],
  ])("%s", (_title, build, versions, expected) => {
    const choice = chooseRelease({
      target: { kind: "latest" },
      device: { platform: "iOS", lookupIds: ["iPhone14,2"], version: "27.0", build },
      catalog: listOf(versions.map((version) => released(version))),
      now: Date.UTC(2026, 7, 25, 12),
      allowMajor: false,
      allowUnlisted: false,
    });
    expect(choice).toMatchObject(expected);
  });
});
