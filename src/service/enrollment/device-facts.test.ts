/** What an answer leaves of what a device says about itself: values, the times of them, and the columns that repeat some. */
import { describe, expect, it } from "vitest";
import type { PlistValue } from "../../protocol/index.ts";
import type { FactsRow } from "../../store/index.ts";
import { factColumns, learn } from "./device-facts.ts";
import { enrollment, HOUR, NOW } from "./one-device.suite.ts";

type Doc = FactsRow["doc"];
const said = (at: number, facts: Readonly<Record<string, Doc[string]["value"]>>): Doc =>
  Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, { value, at }]));
const learned = (known: Doc, answer: Readonly<Record<string, PlistValue>>) =>
  learn(enrollment(), known, new Map(Object.entries(answer)), NOW);

const KNOWN = { OSVersion: "26.5", BatteryLevel: 1, Languages: ["en", "de"] };
const SAME: Readonly<Record<string, PlistValue>> = { OSVersion: "26.5", BatteryLevel: 1n, Languages: ["en", "de"] };
const LONG = "x".repeat(20_000);
/** Its name and the text as JSON. */
const CUT = "cut: 20007 characters are too many to keep here";

describe("an answer to DeviceInformation or SecurityInfo", () => {
  it.each<[string, Doc, Readonly<Record<string, PlistValue>>, Doc | undefined]>([
    ["that says the same again changes nothing within an hour", said(NOW - HOUR + 1, KNOWN), SAME, undefined],
    ["that says the same again is noted after an hour", said(NOW - HOUR, KNOWN), SAME, said(NOW, KNOWN)],
    ["that says the same is noted where the clock has stepped back", said(NOW + 1, KNOWN), SAME, said(NOW, KNOWN)],
    [
      "that says something new is noted as a whole, at once",
      said(NOW - 1, KNOWN),
      { ...SAME, Languages: ["de", "en"] },
      said(NOW, { ...KNOWN, Languages: ["de", "en"] }),
    ],
    [
      "that says one thing more is noted",
      said(NOW - 1, { BatteryLevel: 1 }),
      { BatteryLevel: 1n, OSVersion: "26.5" },
      said(NOW, { BatteryLevel: 1, OSVersion: "26.5" }),
    ],
    [
      "leaves what it does not name",
      said(NOW - 1, KNOWN),
      { UDID: "u" },
      { ...said(NOW - 1, KNOWN), ...said(NOW, { UDID: "u" }) },
    ],
    ["that says nothing changes nothing", said(0, KNOWN), {}, undefined],
    ["that is too long is cut, once", {}, { Model: LONG, UDID: "u" }, said(NOW, { Model: CUT, UDID: "u" })],
    ["that is too long again changes nothing", said(NOW - 1, { Model: CUT }), { Model: LONG }, undefined],
  ])("%s", (_what, known, answer, facts) => {
    expect(learned(known, answer).facts).toEqual(facts);
  });

  it("that has no room for a name changes nothing, however often it says it", () => {
    const full = said(NOW - 1, Object.fromEntries(Array.from({ length: 256 }, (_, n) => [`n${n}`, n])));
    expect(learned(full, { more: "x" }).facts).toBeUndefined();
    expect(learned(full, { more: "x", n0: 1n }).facts).toEqual({ ...full, ...said(NOW, { n0: 1 }) });
  });

  it("is seen in the columns that decisions hang on as soon as it is noted", () => {
    const mac = { BootstrapTokenRequiredForSoftwareUpdate: true, BootstrapTokenAllowedForAuthentication: "allowed" };
    const columns = { bootstrapTokenRequired: 1, bootstrapTokenAllowed: "allowed" };
    expect(learned(said(NOW - 1, KNOWN), mac).patch).toMatchObject({ ...columns, reportedVersion: "26.5" });
    expect(learned(said(NOW - 1, mac), { BootstrapTokenRequiredForSoftwareUpdate: false }).patch).toMatchObject({
      ...columns,
      bootstrapTokenRequired: 0,
    });
  });
});

describe("the columns that repeat facts", () => {
  it.each<[string, Readonly<Record<string, Doc[string]["value"]>>, object]>([
    ["are empty where nothing was said", {}, {}],
    ["have what was named as version, whether it is one or not", { OSVersion: "next" }, { reportedVersion: "next" }],
    ["have nothing of another type than Apple's", { OSVersion: 27, SoftwareUpdateDeviceID: false }, {}],
    ["hold a number as no boolean", { BootstrapTokenRequiredForSoftwareUpdate: 1 }, {}],
    ["have the device's id", { SoftwareUpdateDeviceID: "J314sAP" }, { softwareUpdateDeviceId: "J314sAP" }],
  ])("%s", (_what, facts, columns) => {
    const none = {
      reportedVersion: null,
      softwareUpdateDeviceId: null,
      bootstrapTokenRequired: null,
      bootstrapTokenAllowed: null,
    };
    expect(factColumns(said(NOW, facts))).toEqual({ ...none, ...columns });
  });
});
