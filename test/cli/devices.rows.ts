/** Devices, commands to them, and whom the server refuses. */
import { expect } from "vitest";
import { type Rows, asStranger } from "./row.ts";

const DAY = 86_400_000;
/** Some days after the server's start. */
const UNTIL = "2026-09-14";
/** Of which a device that idles is never told, so that its command stays queued. */
const QUESTION = ["command", "ONE", "DeviceInformation", "--queries", "OSVersion", "--uuid", "ASKED-1", "--wait", "0"];

export const DEVICES: Rows = {
  devices: {
    happy: {
      line: ["devices", "--platform", "ios", "--state", "quarantined"],
      says: [/^NAME +SERIAL +PLATFORM +RUNS +CLASS +STATE +HEARD +VERDICT\n/, /STRAY +iOS +26\.5 +- +quarantined/],
      then: (_place, { out }) => expect(out).not.toContain("ONE"),
    },
    sad: {
      line: ["devices", "--platform", "Windows"],
      code: "request-invalid",
    },
  },
  behind: {
    happy: {
      line: ["behind"],
      says: [
        /^\d of \d devices are behind\.\n/,
        /\nNo plan, \d devices? \(nothing-governs\): no plan governs it\.\n/,
        "(ONE)",
      ],
      exits: 3,
    },
    sad: { line: asStranger("behind"), code: "unauthorized" },
  },
  device: {
    happy: {
      line: ["device", "ONE", "--timeline", "100"],
      says: [
        /\(ONE\)\n {2}id [0-9a-f-]{36}, UDID /,
        "iPhone15,2",
        "26.5 (23F77), supervised",
        "Authenticates: iPhone15,2",
      ],
      then: async ({ uptick, run }) => {
        const { out } = await run(["device", "ONE", "--json"]);
        expect(JSON.parse(out)).toEqual(await uptick.device("ONE"));
      },
    },
    sad: { line: ["device", "nobody"], code: "device-unknown" },
  },
  zone: {
    happy: {
      line: ["zone", "ONE", "Europe/Zurich"],
      says: ["Europe/Zurich"],
      then: async ({ uptick }) =>
        expect(await uptick.device("ONE")).toMatchObject({ timeZone: "Europe/Zurich", zoneBy: "token:first" }),
    },
    sad: { line: ["zone", "ONE", "Mars/Base"], code: "zone-invalid" },
  },
  tag: {
    happy: {
      line: ["tag", "--add", "pilot,floor-2", "--remove", "lab", "-"],
      io: { readStdin: async () => Buffer.from("# the pilots\nONE\n") },
      says: ["1 device; changed the tags of 1."],
      then: async ({ uptick }) => {
        expect(await uptick.device("ONE")).toMatchObject({ tags: ["floor-2", "pilot"] });
        const entry = (await uptick.timeline("ONE")).find(({ kind }) => kind === "tags-changed");
        expect(entry?.sentence).toBe("token:first added the tags pilot, floor-2");
      },
    },
    // One that is known beside one that is not: neither gets the tag.
    sad: { line: ["tag", "ONE", "nobody", "--add", "pilot"], code: "device-unknown" },
  },
  exclude: {
    happy: {
      line: async ({ run }) => {
        const tried = await run(["exclude", "ONE", "--until", UNTIL, "--why", "trade fair", "--dry-run"]);
        expect(tried.out).toMatch(/^1 device would be excluded until /);
        return ["exclude", "ONE", "--until", UNTIL, "--why", "trade fair"];
      },
      says: [`1 device excluded until ${UNTIL} (`, /\n {2}1 device: /],
      then: async ({ uptick, run }) => {
        expect(await uptick.device("ONE")).toMatchObject({
          exclusion: { reason: "trade fair", excludedBy: "token:first" },
        });
        const table = await run(["devices", "--reason", "excluded"]);
        expect(table.out).toMatch(/ONE .* Exempt /);
        expect((await run(["device", "ONE"])).out).toContain(": trade fair (token:first)");
        expect((await run(["exclude", "ONE", "--end"])).out).toMatch(/^1 device; ended the exclusion of 1\.\n/);
        expect(await uptick.device("ONE")).toMatchObject({ exclusion: null });
      },
    },
    sad: { line: ["exclude", "ONE", "--until", "2026-01-31", "--why", "trade fair"], code: "exclusion-invalid" },
  },
  tags: {
    happy: {
      line: async ({ run }) => {
        await run(["tag", "SCRAP", "--add", "lab"]);
        return ["tags"];
      },
      says: [/^TAG +DEVICES\n/, /lab +1\n/],
    },
    sad: { line: asStranger("tags"), code: "unauthorized" },
  },
  group: "group",
  "group set": {
    happy: {
      line: ["group", "set", "Phones", "platform=iOS and not tag=lab"],
      says: ["Phones (revision 1): platform = iOS and not tag = lab"],
      then: async ({ run }) => {
        const dry = await run(["group", "set", "phones", "all", "--dry-run"]);
        expect(dry.out).toMatch(/1 enrolled device before, 2 after: 1 would join, 0 would leave\./);
        expect((await run(["group", "set", "phones", "all", "--revision", "7"])).err).toContain("revision-stale");
      },
    },
    sad: { line: ["group", "set", "Phones", "platfrom = iOS"], code: "rule-invalid" },
  },
  "group list": {
    happy: { line: ["group", "list"], says: [/^NAME +CHANGED +BY +RULE\n/, /Phones +.* token:first +platform = iOS/] },
    sad: { line: asStranger("group", "list"), code: "unauthorized" },
  },
  "group show": {
    happy: { line: ["group", "show", "PHONES"], says: ["Phones: platform = iOS", "1 enrolled device:", "ONE"] },
    sad: { line: ["group", "show", "none"], code: "group-unknown" },
  },
  "group remove": {
    happy: {
      line: async ({ run }) => {
        await run(["zone", "--group", "phones", "Asia/Tokyo"]);
        const used = await run(["group", "remove", "Phones"]);
        expect(used).toMatchObject({ code: 1, err: expect.stringContaining("zone rule 1 (Asia/Tokyo)") as string });
        await run(["zone", "--group", "PHONES", "none"]);
        return ["group", "remove", "Phones"];
      },
      says: ["Phones is removed."],
      then: async ({ run }) => expect((await run(["group", "list"])).out).toContain("No group has been made."),
    },
    sad: { line: ["group", "remove", "none"], code: "group-unknown" },
  },
  adopt: {
    happy: {
      line: ["adopt", "STRAY"],
      says: ["(STRAY) is enrolled."],
      then: async ({ uptick }) => expect(await uptick.device("STRAY")).toMatchObject({ enrollment: "enrolled" }),
    },
    sad: { line: ["adopt", "ONE"], code: "not-quarantined" },
  },
  remove: {
    happy: {
      line: ["remove", "SCRAP"],
      says: [/\(SCRAP, id [0-9a-f-]{36}\) is removed; last heard /],
      then: async ({ uptick }) => expect(await uptick.device("SCRAP")).toMatchObject({ enrollment: "removed" }),
    },
    // One that is known beside one that is not: neither goes.
    sad: { line: ["remove", "ONE", "nobody"], code: "device-unknown" },
  },
  command: {
    happy: {
      line: QUESTION,
      says: [],
      aside: ["No answer yet: the command waits for the device.", "--uuid ASKED-1"],
      then: async ({ uptick }) =>
        expect((await uptick.device("ONE")).outstanding).toContainEqual(
          expect.objectContaining({ commandUuid: "ASKED-1", state: "queued", createdBy: "token:first" }),
        ),
    },
    sad: {
      line: ({ file }) => [
        "command",
        "ONE",
        "--wait",
        "0",
        "--file",
        file(
          "erase.plist",
          '<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>CommandUUID</key><string>E-1</string>' +
            "<key>Command</key><dict><key>RequestType</key><string>EraseDevice</string></dict></dict></plist>",
        ),
      ],
      code: "command-dangerous",
    },
  },
  withdraw: {
    happy: {
      line: async ({ run }) => {
        await run(QUESTION);
        return ["withdraw", "ONE", "ASKED-1"];
      },
      says: ["DeviceInformation is withdrawn; the device has not taken it."],
      then: async ({ uptick }) =>
        expect((await uptick.device("ONE")).outstanding.map(({ commandUuid: uuid }) => uuid)).not.toContain("ASKED-1"),
    },
    sad: { line: ["withdraw", "ONE", "none"], code: "command-unknown" },
  },
  refusals: {
    happy: { line: ["refusals"], says: ["Nothing was refused in the last 30 days."] },
    sad: { line: asStranger("refusals"), code: "unauthorized" },
  },
  "clock accept": {
    happy: {
      // As if the server had last been alive two months ago.
      line: async ({ uptick, run }) => {
        const ago = JSON.stringify({ at: Date.now() - 60 * DAY });
        await uptick.restart({
          between: (database) => void database.prepare("UPDATE setting SET value = ? WHERE name = 'clock'").run(ago),
        });
        expect((await run(["clock"])).out).toMatch(
          /Uptick does not trust it and uses .*\nUptick will use the system clock from .* on, or after uptick clock accept\.\n$/,
        );
        return ["clock", "accept"];
      },
      says: [/^The system clock says \S+Z\. Uptick uses it\.\n$/],
      then: async ({ uptick }) => expect(await uptick.web.get("/api/v1/clock")).toMatchObject({ suspect: null }),
    },
    sad: { line: asStranger("clock", "accept"), code: "unauthorized" },
  },
};
