/** Strangers that are told by command. */
import { expect } from "vitest";
import { failed, MAC, OLD_MAC, PHONE } from "./facts.ts";
import { date, type Dict, real } from "./plist.ts";
import { kindsOf, type Place, type Row, until, type Visit } from "./place.ts";
import type { Says, Stranger } from "./stranger.ts";

const NOTHING: Dict = { OSUpdateStatus: [] };
const KEY = "iOSUpdate23G83";
const resultOf = (InstallAction: string, Status: string, ProductKey = KEY): Dict => ({
  ProductKey,
  InstallAction,
  Status,
});

/** Enrolls, gets a plan for now, and answers its commands so. */
async function ordered(
  place: Place,
  facts: Dict,
  to: string,
  says: Says,
  more: Parameters<Place["plan"]>[2] = {},
): Promise<[Stranger, string[]]> {
  const stranger = await place.enrolled(facts);
  await place.plan(stranger, to, more);
  return [stranger, await stranger.talk(says)];
}

/** What has become of the job at once, and which commands it was sent. */
async function outcome(place: Place, stranger: Stranger, commands: readonly string[]) {
  const found = { ...(await place.shown(stranger)), commands: kindsOf(commands) };
  return () => Promise.resolve(found);
}

const phone = (name: string, says: Says, expected: object, facts: Dict = PHONE): Row => ({
  name,
  async play(place): Promise<Visit> {
    const [stranger, commands] = await ordered(place, facts, "26.6.1", says);
    return { seen: await outcome(place, stranger, commands), expected };
  },
});

export const COMMANDS: readonly Row[] = [
  phone(
    "an iPhone writes IsDownloaded and IsSupervised as 1: it is ready, and is told to install",
    {
      OSUpdateStatus: {
        OSUpdateStatus: [{ ProductKey: KEY, IsDownloaded: 1, DownloadPercentComplete: real("1.0"), Status: "Idle" }],
      },
      ScheduleOSUpdate: { UpdateResults: [resultOf("InstallASAP", "Installing")] },
    },
    {
      device: { supervised: true },
      job: { state: "installing", reason: "installing" },
      commands: ["DeviceInformation", "OSUpdateStatus", "ScheduleOSUpdate"],
    },
    { ...PHONE, IsSupervised: 1 },
  ),
  phone(
    "an iPhone writes IsDownloaded as 0: the download is ordered",
    {
      OSUpdateStatus: {
        OSUpdateStatus: [{ ProductKey: KEY, IsDownloaded: 0, DownloadPercentComplete: 0, Status: "Idle" }],
      },
      ScheduleOSUpdate: { UpdateResults: [resultOf("DownloadOnly", "Downloading")] },
    },
    { job: { state: "downloading" } },
  ),
  phone(
    "2213 of DeviceManagement.error behind another error means no update: the version is asked at once",
    {
      OSUpdateStatus: NOTHING,
      ScheduleOSUpdate: failed(
        ["MCMDMErrorDomain", 12345, "Something failed."],
        ["DeviceManagement.error", 2213, "None."],
      ),
    },
    {
      job: { state: "blocked", reason: "no-update" },
      commands: ["DeviceInformation", "OSUpdateStatus", "ScheduleOSUpdate", "DeviceInformation"],
    },
  ),
  phone(
    "103 of the update service is a declaration that has it, also when it answers a question",
    {
      OSUpdateStatus: failed(
        ["MCMDMErrorDomain", 12345, "Something failed."],
        ["com.apple.softwareupdateservices.errors", 103, "In place."],
      ),
    },
    { job: { state: "blocked", reason: "declaration-in-place" } },
  ),
  phone(
    "a failure keeps the chain that its result brings",
    {
      OSUpdateStatus: NOTHING,
      ScheduleOSUpdate: {
        UpdateResults: [
          {
            ...resultOf("Error", "DownloadFailed"),
            ErrorChain: [{ ErrorDomain: "NSURLErrorDomain", ErrorCode: -1009, LocalizedDescription: "Offline." }],
          },
        ],
      },
    },
    { job: { state: "blocked", reason: "download-failed", sentence: expect.stringContaining("Offline.") as string } },
  ),
  phone(
    "a version that is none, told in the middle of a job: said, tried again, no end",
    { DeviceInformation: { QueryResponses: { ...PHONE, OSVersion: "Sunrise Beta" } } },
    {
      device: { osVersion: "Sunrise Beta" },
      job: {
        state: "blocked",
        reason: "version-unreadable",
        sentence: expect.stringContaining(
          "it reports OS version 'Sunrise Beta', which is not a version number",
        ) as string,
      },
      texts: expect.arrayContaining(["Reports OS version 'Sunrise Beta', which is not a version number"]) as string[],
    },
  ),
  {
    name: "a Mac with a downloaded Safari before its own update: nothing is downloaded, and it must look first",
    async play(place): Promise<Visit> {
      const [stranger, commands] = await ordered(place, MAC, "26.6.2", {
        OSUpdateStatus: {
          OSUpdateStatus: [
            { ProductKey: "062-01946", IsDownloaded: true, DownloadPercentComplete: 1, Status: "Idle" },
            { ProductKey: "MSU_UPDATE_25G83", IsDownloaded: false, DownloadPercentComplete: real(0), Status: "Idle" },
          ],
        },
        ScheduleOSUpdateScan: { ScanInitiated: true },
      });
      return {
        seen: await outcome(place, stranger, commands),
        expected: {
          job: { state: "scanning" },
          commands: ["DeviceInformation", "OSUpdateStatus", "ScheduleOSUpdateScan"],
        },
      };
    },
  },
  {
    name: "a Mac of 10.14: its list has a build for a version, real sizes and a deferral; it is ordered by its key",
    async play(place): Promise<Visit> {
      const scan: Says = { OSUpdateStatus: NOTHING, ScheduleOSUpdateScan: { ScanInititated: 1 } };
      const [stranger] = await ordered(place, OLD_MAC, "10.14.6 (18G103)", scan, { allowUnlisted: true });
      const safari = { ProductKey: "091-95155", HumanReadableName: "Safari", Version: "10.14.6" };
      const own = {
        ...{ ProductKey: "041-88407", Version: "18G103", RestartRequired: 1, AppIdentifiersToClose: [] },
        ...{ DownloadSize: real("2.5e9"), InstallSize: real("0.5"), DeferredUntil: date("2026-09-20T10:00:00Z") },
      };
      let order = "";
      return {
        later: () =>
          until("the order", async () => {
            await stranger.talk({
              ...scan,
              AvailableOSUpdates: { AvailableOSUpdates: [safari, own] },
              ScheduleOSUpdate: (command) => {
                order = command;
                return {
                  UpdateResults: [
                    resultOf("Error", "DownloadFailed", safari.ProductKey),
                    resultOf("InstallASAP", "Installing", own.ProductKey),
                  ],
                };
              },
            });
            return order === "" ? undefined : order;
          }),
        seen: async () => ({ order, ...(await place.shown(stranger)) }),
        expected: {
          order: expect.stringMatching(/<key>ProductKey<\/key>\s*<string>041-88407</) as string,
          device: { supervised: null, osVersion: "10.14.5" },
          job: {
            state: "installing",
            reason: "installing",
            sentence: expect.stringContaining("hides the update from its user until 2026-09-20 10:00") as string,
          },
          texts: expect.arrayContaining([expect.stringContaining("until 2026-09-20T10:00")]) as string[],
        },
      };
    },
  },
];
