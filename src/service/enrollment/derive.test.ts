/** What must hold of consequences whatever has happened: they follow from rows alone, and once. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PlistValue } from "../../protocol/index.ts";
import { type Rows, transaction } from "../../store/index.ts";
import { type MemoryRows, transact } from "../../store/in-memory.suite.ts";
import { born, happen, type Happening, happening } from "./a-life.suite.ts";
import { derivation } from "./derive.ts";
import { acknowledged, caller, command, ID, NOW } from "./one-device.suite.ts";
import { poll } from "../commands/poll.ts";
import { reportStatus } from "../declarations/status.ts";
import { enrollmentLookups } from "./rows.ts";
import { UnitOfWork } from "./unit-of-work.ts";

/** Derives everything of a device from its rows, as if nothing had been derived before. */
const deriveAll = transaction({
  name: "deriveAll",
  reads: () => ({ enrollment: { from: "enrollment", where: { id: "e1" } }, ...enrollmentLookups }),
  decide({ now }: { readonly now: number }, rows) {
    const [enrollment] = rows.enrollment;
    if (enrollment === undefined) return { writes: [], result: null };
    const unit = new UnitOfWork(enrollment, rows, { firstId: ID, now });
    derivation(unit, true)();
    return { writes: unit.writes(), result: null };
  },
});

const lived = (platform: "iOS" | "macOS", life: readonly Happening[]): MemoryRows =>
  // Rows of a device that is there are derived already.
  life.reduce((rows, what, n) => happen(rows, what, n + 1), transact(deriveAll, { now: NOW }, born(platform)).rows);

describe("consequences", () => {
  const life = fc.array(happening, { minLength: 1, maxLength: 25 });
  const platform = fc.constantFrom("iOS" as const, "macOS" as const);
  const version = fc.constantFrom("26.5", "26.6.1", "26.7", "17.2");

  it("are derived once: derived again from the rows alone they change nothing", () => {
    fc.assert(
      fc.property(platform, life, (which, happenings) => {
        const rows = lived(which, happenings);
        // That it has refused DeviceConfigured, which is sent again after its next answer, no row of the unit says.
        fc.pre(rows.closedCommand?.some(({ requestType }) => requestType === "DeviceConfigured") !== true);
        const now = NOW + (happenings.length + 1) * 7 * 60_000;
        // Time lets it out of Setup Assistant as well, at the server's look.
        const [row] = rows.enrollment ?? [];
        fc.pre(row?.awaitingConfiguration !== 1 || (row.dueAt ?? Number.POSITIVE_INFINITY) > now);
        const again = transact(deriveAll, { now }, rows);
        // An earlier look than rows ask for may have been set: a report was doubted, and its device is asked again soon.
        const { dueAt: _look, ...enrolled } = (again.changed["enrollment e1"] ?? {}) as Partial<Rows["enrollment"]>;
        const changed = { ...again.changed, "enrollment e1": enrolled };
        expect({ changed, notes: again.notes }).toEqual({ changed: { "enrollment e1": {} }, notes: [] });
      }),
      { numRuns: 120 },
    );
  });

  it("do not depend on the order of facts within a message", () => {
    fc.assert(
      fc.property(platform, life, version, fc.boolean(), (which, happenings, runs, reports) => {
        const rows = lived(which, happenings);
        const now = NOW + (happenings.length + 1) * 7 * 60_000;
        const [as, turned] = [false, true].map((turn) => (reports ? report : answer)(rows, runs, now, turn));
        expect(turned).toEqual(as);
      }),
      { numRuns: 60 },
    );
  });
});

/** Versions, builds and capabilities in one report; what it says is kept as it came, and so is left out. */
function report(rows: MemoryRows, version: string, now: number, turn: boolean): unknown {
  const facts = [
    [
      "device",
      turned(
        [
          [
            "operating-system",
            turned(
              [
                ["version", version],
                ["build-version", "23A9"],
              ],
              turn,
            ),
          ],
          [
            "identifier",
            turned(
              [
                ["serial-number", "SE1"],
                ["udid", "U"],
              ],
              turn,
            ),
          ],
        ],
        turn,
      ),
    ],
    [
      "management",
      {
        "client-capabilities": {
          "supported-versions": ["1.0.0"],
          "supported-payloads": {
            declarations: { activations: [], assets: [], configurations: [], management: [] },
            "status-items": ["device.operating-system.version"],
          },
        },
      },
    ],
    [
      "softwareupdate",
      turned(
        [
          ["install-state", "none"],
          [
            "pending-version",
            turned(
              [
                ["os-version", ""],
                ["build-version", ""],
              ],
              turn,
            ),
          ],
        ],
        turn,
      ),
    ],
  ] as const;
  const text = JSON.stringify({ StatusItems: turned(facts, turn), Errors: [] });
  const done = transact(reportStatus, { ...caller, now, data: new TextEncoder().encode(text) }, rows);
  const { deviceStatus: _asItCame, body: _bytes, ...rest } = done.rows;
  return { rows: rest, notes: done.notes };
}

function answer(rows: MemoryRows, version: string, now: number, turn: boolean): unknown {
  const question = command("q", {
    requestType: "DeviceInformation",
    origin: "care",
    state: "offered",
    offeredAt: now - 1,
  });
  const facts = [
    ["OSVersion", version],
    ["BuildVersion", "23A9"],
    ["ProductName", "iPhone15,2"],
    ["SerialNumber", "SE1"],
  ] as const;
  const QueryResponses: PlistValue = new Map(turn ? facts.toReversed() : facts);
  const before = { ...rows, command: [...(rows.command ?? []), question] };
  const message = acknowledged("q", { QueryResponses });
  const { body: _bytes, ...rest } = transact(poll, { ...caller, now, message }, before).rows;
  return rest;
}

const turned = (entries: readonly (readonly [string, unknown])[], turn: boolean): Readonly<Record<string, unknown>> =>
  Object.fromEntries(turn ? entries.toReversed() : entries);
