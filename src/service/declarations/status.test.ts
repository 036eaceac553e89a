/** A status report as a table: what the device reports and its rows → its rows afterwards. The older loses. */
import { describe } from "vitest";
import { transact } from "../../store/in-memory.suite.ts";
import type { Json } from "../../store/index.ts";
import {
  caller,
  type Case,
  device,
  enrollment,
  ID,
  MINUTE,
  nextId,
  NOW,
  table,
  withJob,
} from "../enrollment/one-device.suite.ts";
import { reportStatus } from "./status.ts";

const report = (StatusItems: Json): Uint8Array => new TextEncoder().encode(JSON.stringify({ StatusItems, Errors: [] }));
const os = (version: string, build?: string) =>
  report({ device: { "operating-system": { version, ...(build === undefined ? {} : { "build-version": build }) } } });
const can = (...supported: string[]) =>
  report({
    management: {
      "client-capabilities": {
        "supported-versions": ["1.0.0"],
        "supported-payloads": {
          declarations: { activations: [], assets: [], configurations: supported, management: [] },
          "status-items": [],
        },
      },
    },
  });
const ENFORCEMENT = "com.apple.configuration.softwareupdate.enforcement.specific";

const input = { ...caller, data: os("26.5") };
type Row = Case<typeof input>;
const ACCEPTED = { kind: "accepted", enrollmentId: "e1" };

/** Known to be on 26.5, and asked for its facts `ago` ms ago. */
const on = (more: Parameters<typeof enrollment>[0] = {}, ago = 60 * MINUTE) =>
  device({ enrollment: [enrollment({ factsAskedAt: NOW - ago, ...more })] });
const since = (rows: ReturnType<typeof device>, ...reports: Uint8Array[]) =>
  reports.reduce((before, data) => transact(reportStatus, { ...input, data, now: NOW - MINUTE }, before).rows, rows);

const status = { "deviceStatus e1": { at: NOW, since: NOW, count: 1 } };
/** It is asked for its version, whose answer is believed. */
const asked = {
  ...status,
  [`command e1/${ID}`]: { requestType: "DeviceInformation", origin: "care" },
  [`command e1/${nextId(1)}`]: { requestType: "SecurityInfo" },
  "enrollment e1": { factsAskedAt: NOW, dueAt: NOW + 15 * MINUTE },
  "outbox push:e1": { dueAt: NOW },
};
const DOUBTED = ["status", "status-doubted", "command-queued", "command-queued"];

describe("a report of the OS", () => {
  table(reportStatus, input, [
    [
      "that says what is known is kept, and nothing follows",
      { input: {}, rows: on(), changed: status, notes: ["status"] },
    ],
    [
      "that says the same again is counted",
      {
        input: {},
        rows: since(on(), os("26.5")),
        changed: { "deviceStatus e1": { at: NOW, count: 2 } },
        reply: ACCEPTED,
        notes: [],
      },
    ],
    [
      "of a device whose OS is not known is believed",
      {
        input: { data: os("26.5", "23F70") },
        rows: on({ osVersion: null }),
        changed: { ...status, "enrollment e1": { osVersion: "26.5", buildVersion: "23F70" } },
      },
    ],
    [
      "that is older than what is known loses: the device is asked",
      { input: { data: os("26.4.1") }, rows: on(), changed: asked, notes: DOUBTED },
    ],
    [
      "that is older is not asked about within 15 minutes of the last question",
      {
        input: { data: os("26.4.1") },
        rows: on({}, 15 * MINUTE - 1),
        changed: { ...status, "enrollment e1": { dueAt: NOW + 1 } },
        notes: ["status", "status-doubted"],
      },
    ],
    [
      "that is older is asked about after 15 minutes",
      { input: { data: os("26.4.1") }, rows: on({}, 15 * MINUTE), changed: asked },
    ],
    [
      "that is newer ends nothing before the device was asked",
      {
        input: { data: os("26.6.1") },
        rows: on(),
        changed: asked,
        notes: DOUBTED,
      },
    ],
    [
      "that is newer is asked about at once, however lately it was asked",
      { input: { data: os("26.6.1") }, rows: on({}, MINUTE), changed: asked },
    ],
    [
      "that is newer, for the second time, waits for the answer",
      {
        input: { data: os("26.6.1") },
        rows: { ...since(on(), os("26.6.1")), command: [], outbox: [] },
        changed: {
          "deviceStatus e1": { count: 2, at: NOW },
        },
        notes: [],
      },
    ],
    [
      "of 26.10 is newer than 26.9, not older",
      { input: { data: os("26.10") }, rows: on({ osVersion: "26.9" }), changed: asked },
    ],
    [
      "of another build of the same version is asked about",
      { input: { data: os("26.5", "23F71") }, rows: on({ buildVersion: "23F70" }), changed: asked },
    ],
    [
      "of a build where none is known says more",
      {
        input: { data: os("26.5", "23F70") },
        rows: on(),
        changed: { ...status, "enrollment e1": { buildVersion: "23F70" } },
      },
    ],
    [
      "of no dotted number is kept, and no version",
      {
        input: { data: os("next") },
        rows: on(),
        changed: {
          ...status,
          "enrollment e1": { reportedVersion: "next" },
          "facts e1": { doc: { OSVersion: { value: "next", at: NOW } } },
        },
        notes: ["status", "version-unreadable"],
      },
    ],
    [
      "of no dotted number leaves what else the device has said",
      {
        input: { data: os("next") },
        rows: { ...on(), facts: [{ enrollmentId: "e1", doc: { UDID: { value: "u", at: 1 } } }] },
        changed: {
          ...status,
          "enrollment e1": { reportedVersion: "next" },
          "facts e1": { doc: { OSVersion: { value: "next", at: NOW }, UDID: { value: "u", at: 1 } } },
        },
      },
    ],
    [
      "of the release that its job wants does not end the job yet",
      {
        input: { data: os("26.6.1") },
        rows: withJob(on({ enforces: 0 })),
        changed: { ...asked, "outbox push:e1": { generation: NOW + 1 } },
      },
    ],
  ]);
});

describe("a report of what a device takes", () => {
  const says = (data: Uint8Array, before: 0 | 1 | null, changed: Row["changed"]): Row => ({
    input: { data },
    rows: on({ enforces: before }),
    changed: { ...status, ...changed },
  });
  table(reportStatus, input, [
    ["says that it enforces", says(can(ENFORCEMENT), null, { "enrollment e1": { enforces: 1 } })],
    ["says that it does not", says(can("com.apple.configuration.legacy"), null, { "enrollment e1": { enforces: 0 } })],
    ["goes before what was thought", says(can(ENFORCEMENT), 0, { "enrollment e1": { enforces: 1 } })],
    ["that is known changes nothing", says(can(ENFORCEMENT), 1, {})],
    ["without the list says nothing of it", says(report({}), 1, {})],
  ]);
});

describe("a report that can't be read", () => {
  const broken = new TextEncoder().encode("{");
  table(reportStatus, input, [
    [
      "is noted",
      { input: { data: broken }, rows: on(), changed: status, reply: ACCEPTED, notes: ["status-unreadable"] },
    ],
    [
      "is counted when it comes again",
      {
        input: { data: broken },
        rows: since(on(), broken),
        changed: { "deviceStatus e1": { at: NOW, count: 2 } },
        notes: [],
      },
    ],
    [
      "leaves what was reported before",
      {
        input: { data: broken },
        rows: since(on(), os("26.5")),
        changed: {
          "deviceStatus e1": {
            at: NOW,
            since: NOW,
            digest: "021fb596db81e6d02bf3d2586ee3981fe519f275c0ac9ca76bbcf2ebb4097d96",
          },
        },
      },
    ],
  ]);
});

describe("a report of declarations that are not in the list", () => {
  const HOUR = 60 * MINUTE;
  const foreign = (identifier: string, token = "t") =>
    report({
      management: {
        declarations: {
          configurations: [{ identifier, "server-token": token, active: true, valid: "valid", reasons: [] }],
        },
      },
    });
  /** Declarative management begun and synced, so long ago. */
  const synced = (askedAgo: number, syncedAgo: number): Row["rows"] => ({
    ...on({ enforces: 1 }),
    declarative: [
      {
        enrollmentId: "e1",
        token: "list",
        items: [{ kind: "configuration", identifier: "uptick.settings", serverToken: "ours" }],
        leftOut: [],
        changedAt: 0,
        knows: [],
        standing: {},
        askedAt: NOW - askedAgo,
        tries: 0,
        syncedAt: NOW - syncedAgo,
        syncedToken: "list",
        held: 0,
        reportedAt: null,
      },
    ],
  });
  const heard = { ...status, "declarative e1": { reportedAt: NOW } };
  const again = {
    ...status,
    "declarative e1": { reportedAt: NOW, askedAt: NOW },
    [`command e1/${ID}`]: { requestType: "DeclarativeManagement" },
    "enrollment e1": { dueAt: NOW + 15 * MINUTE },
    "outbox push:e1": { dueAt: NOW },
  };
  const row = (data: Uint8Array, rows: Row["rows"], changed: Row["changed"]): Row => ({
    input: { data },
    rows,
    changed,
  });
  table(reportStatus, input, [
    ["has it sync, an hour after the last sync", row(foreign("uptick.update.old"), synced(HOUR, HOUR), again)],
    ["waits until that hour is over", row(foreign("uptick.update.old"), synced(HOUR, HOUR - 1), heard)],
    ["waits an hour after it was asked to sync", row(foreign("uptick.update.old"), synced(HOUR - 1, HOUR), heard)],
    ["has it sync where the edition is another", row(foreign("uptick.settings", "older"), synced(HOUR, HOUR), again)],
    ["is nothing where they are the same", row(foreign("uptick.settings", "ours"), synced(HOUR, HOUR), heard)],
    ["is nothing where they are another's", row(foreign("com.example.other"), synced(HOUR, HOUR), heard)],
  ]);
});
