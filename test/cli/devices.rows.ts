/** Devices, commands to them, and whom the server refuses. */
import { expect } from "vitest";
import { type Rows, asStranger } from "./row.ts";

const DAY = 86_400_000;
/** Of which a device that idles is never told, so that its command stays queued. */
const QUESTION = ["command", "ONE", "DeviceInformation", "--queries", "OSVersion", "--uuid", "ASKED-1", "--wait", "0"];

export const DEVICES: Rows = {
  devices: {
    happy: {
      line: ["devices", "--platform", "ios", "--state", "quarantined"],
      says: [/^NAME +SERIAL +PLATFORM +RUNS +STATE +HEARD +VERDICT\n/, /STRAY +iOS +26\.5 +quarantined/],
      then: (_place, { out }) => expect(out).not.toContain("ONE"),
    },
    sad: {
      line: ["devices", "--platform", "Windows"],
      code: "request-invalid",
    },
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
          expect.objectContaining({ uuid: "ASKED-1", state: "queued", createdBy: "token:first" }),
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
        expect((await uptick.device("ONE")).outstanding.map(({ uuid }) => uuid)).not.toContain("ASKED-1"),
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
