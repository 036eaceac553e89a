import { describe, expect, it } from "vitest";
import { MOMENT, OPENED } from "./member.suite.ts";
import { type StartSigns, startOf } from "./started.ts";

const NONE: StartSigns = {
  orderedAt: null,
  installStateAt: null,
  fetchedAt: null,
  momentAt: null,
  heardPastMomentAt: null,
  reachedAt: null,
  openedAt: OPENED,
};
const T = OPENED + 5;

describe("targets R6: a member has started", () => {
  const rows: readonly [string, Partial<StartSigns>, number | null][] = [
    ["not without a sign", {}, null],
    ["when its install order is delivered", { orderedAt: T }, T],
    ["when it reports an install state", { installStateAt: T }, T],
    ["when it is observed at the release", { reachedAt: T }, T],
    ["at the opening, where it was there before", { reachedAt: OPENED - 1 }, OPENED],
    ["at the first of the signs", { orderedAt: T + 2, installStateAt: T + 1, reachedAt: T + 9 }, T + 1],
    ["when it is heard at its moment", { fetchedAt: T, momentAt: MOMENT, heardPastMomentAt: MOMENT }, MOMENT],
    ["not when it is heard before its moment", { fetchedAt: T, momentAt: MOMENT, heardPastMomentAt: MOMENT - 1 }, null],
    ["not when it has not fetched its declaration", { momentAt: MOMENT, heardPastMomentAt: MOMENT }, null],
    [
      "not when it fetches its declaration later",
      { fetchedAt: MOMENT + 2, momentAt: MOMENT, heardPastMomentAt: MOMENT + 1 },
      null,
    ],
    ["not while it has only fetched its declaration", { fetchedAt: T, momentAt: MOMENT }, null],
    ["not without a moment", { fetchedAt: T, heardPastMomentAt: MOMENT }, null],
  ];
  it.each(rows)("%s", (_title, signs, at) => {
    expect(startOf({ ...NONE, ...signs })).toBe(at);
  });
});
