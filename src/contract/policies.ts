/** Policies: standing settings of updates for a set of devices. */
import { z } from "zod";
import { count, createdBy, instant, json, page, yesOrNo } from "./values.ts";

export const policyRequest = z
  .strictObject({
    name: z.string().min(1).max(200).exactOptional(),
    settings: z
      .record(z.string(), json)
      .readonly()
      .describe("Apple's keys of `com.apple.configuration.softwareupdate.settings`; see docs/policies.md"),
    devices: z
      .array(z.string().min(1).max(500))
      .max(200_000)
      .readonly()
      .describe('ids, UDIDs, serials, unique names; or `["all"]`: every device, those that enroll later too'),
  })
  .meta({ id: "PolicyRequest", description: "Update settings that stay on devices, and the devices." });
export type PolicyRequest = z.output<typeof policyRequest>;

const device = {
  id: z.string(),
  name: z.string().nullable(),
  serial: z.string().nullable(),
  platform: z.string().nullable(),
  osVersion: z.string().nullable(),
};

export const policyWay = z
  .enum(["declaration", "profile", "nothing", "unknown"])
  .describe("how the device gets the settings; `unknown` until it has reported what decides this");

export const policyState = z
  .enum(["pending", "applied", "failed", "nothing", "removing"])
  .describe("`nothing`: none of the settings apply to the device; `removing`: the profile has not been removed yet");

export const leftOut = z
  .object({ path: z.string(), reason: z.string(), sentence: z.string() })
  .meta({ id: "LeftOut", description: "A setting that a device does not get, and why." });

export const policyDecision = z
  .object({
    device: z.object(device),
    way: policyWay,
    leftOut: z.array(leftOut).readonly(),
    replaces: z.string().nullable().describe("name of the device's former policy, which it replaces"),
    sentence: z.string(),
  })
  .meta({ id: "PolicyDecision", description: "What a policy does on one device." });
export type PolicyDecision = z.output<typeof policyDecision>;

export const policyDryRun = z
  .object({
    devices: count,
    everyone: z.boolean().describe("also for devices that enroll later"),
    declaration: count.describe("devices that get a declaration"),
    profile: count.describe("devices that get a restrictions profile"),
    nothing: count.describe("devices to which none of the settings apply, or that need none"),
    unknown: count,
    rows: z.array(policyDecision).readonly().describe("for the first 1,000 devices"),
  })
  .meta({ id: "PolicyDryRun", description: "What a policy would do; nothing has changed." });
export type PolicyDryRun = z.output<typeof policyDryRun>;

export const policyRemoval = z
  .object({
    devices: count.describe("devices that have the policy now"),
    declaration: count.describe("devices that lose its declaration"),
    profile: count.describe("devices that lose its restrictions profile"),
    nothing: count.describe("devices on which nothing changes"),
    unknown: count.describe("devices that have not reported yet what they can get"),
  })
  .meta({ id: "PolicyRemoval", description: "What the removal of a policy would do; nothing has changed." });
export type PolicyRemoval = z.output<typeof policyRemoval>;

export const policyView = z
  .object({
    id: z.string(),
    name: z.string(),
    state: z.enum(["active", "removed"]),
    everyone: z.boolean().describe("for every device without another policy, including devices that enroll later"),
    settings: z.record(z.string(), json).readonly(),
    createdAt: instant,
    createdBy,
    removedAt: instant.nullable(),
    devices: count.describe("devices that have it now"),
    states: z.record(z.string(), z.number()).describe("devices by state"),
    working: z.boolean().describe("true while the server still assigns the policy to devices or withdraws it"),
  })
  .meta({ id: "Policy" });
export type PolicyView = z.output<typeof policyView>;

export const policyDevice = z
  .object({
    device: z.object({ ...device, lastSeenAt: instant.nullable() }),
    way: policyWay,
    state: policyState,
    profile: z.boolean().describe("the device has, or may have, the restrictions profile"),
    leftOut: z.array(leftOut).readonly(),
    sentence: z.string(),
  })
  .meta({ id: "PolicyDevice", description: "A device of a policy and its state." });
export type PolicyDevice = z.output<typeof policyDevice>;

export const policyPage = page(policyView);
export const policyDevicePage = page(policyDevice);

export const policyParams = z.object({
  id: z.string().min(1).describe("the id, or six or more digits at its beginning or end that only one policy has"),
});
export const removePolicyQuery = z.strictObject({
  dryRun: yesOrNo.describe("`true`: return what the removal would do; change nothing"),
});
export const createPolicyQuery = z.strictObject({
  dryRun: yesOrNo.describe("`true`: return what the policy would do for each device; change nothing"),
});
