/** Devices, their facts and their timelines. */
import { z } from "zod";
import { deviceCompliance } from "./compliance.ts";
import { jobView } from "./jobs.ts";
import { policyState, policyWay } from "./policies.ts";
import { exclusionView } from "./exclusions.ts";
import { count, instant, json, optionalWholeNumber, page, yesOrNo } from "./values.ts";

export const ENROLLMENTS = ["authenticated", "enrolled", "checked-out", "quarantined", "removed"] as const;

const deviceFields = {
  id: z.string().describe("Uptick's id, a UUID"),
  udid: z.string().describe("UDID, or EnrollmentID of a user enrollment"),
  serial: z.string().nullable(),
  name: z.string().nullable(),
  model: z.string().nullable(),
  productName: z.string().nullable(),
  platform: z.string().nullable(),
  osVersion: z
    .string()
    .nullable()
    .describe("the version last reported; a text that is not a version is shown unchanged"),
  buildVersion: z.string().nullable(),
  supervised: z.boolean().nullable(),
  enrollment: z
    .enum(ENROLLMENTS)
    .describe("`removed`: an admin removed it; lists, plans and counts leave it out unless a query asks for it"),
  userEnrollment: z
    .boolean()
    .describe("a user enrollment, for which Apple does not allow update commands and much else"),
  enrolledAt: instant.nullable(),
  lastSeenAt: instant.nullable(),
  compliance: deviceCompliance.nullable().describe("null: the device is not enrolled, and is not counted"),
  exclusion: exclusionView.nullable().describe("null: it is not excluded now"),
  job: jobView
    .nullable()
    .describe("the live job, else the newest that began, else the newest decision about a plan; null before any plan"),
  pendingCertificates: count.describe("certificates presented for the device that wait to be adopted"),
};

export const deviceView = z.object(deviceFields).meta({ id: "Device", description: "A device as a list shows it." });
export type DeviceView = z.output<typeof deviceView>;

export const timelineEntry = z
  .object({
    seq: z.int().describe("grows with every entry"),
    recordedAt: instant,
    kind: z.string(),
    sentence: z.string().describe("the entry in words"),
    data: json,
    raw: z
      .object({
        bytes: count.describe("size of the message, without secrets"),
        kept: count.describe("number of stored bytes, from its beginning; 0: none"),
        note: z.string().nullable().describe("why not all bytes are stored"),
      })
      .nullable()
      .describe("the message itself is at `…/timeline/SEQ/raw`; null: there is none"),
  })
  .meta({ id: "TimelineEntry", description: "One thing that happened to a device." });
export type TimelineEntry = z.output<typeof timelineEntry>;

const fingerprint = z.string().regex(/^[0-9a-fA-F]{64}$/, "expected a SHA-256 fingerprint, 64 hexadecimal digits");

export const pendingCertificate = z
  .object({
    fingerprint: fingerprint.describe("SHA-256, lower case"),
    subject: z.string().describe("its subject, or its alternative names where that is empty"),
    issuer: z.string(),
    presentedAt: instant.describe("when it was first presented; RFC 3339, UTC"),
    endsAt: instant,
  })
  .meta({ id: "PendingCertificate", description: "A certificate that has no effect before an admin adopts it." });
export type PendingCertificate = z.output<typeof pendingCertificate>;

const { id, udid, serial, name, enrollment } = deviceFields;
export const waitingDevice = z
  .object({
    ...{ id, udid, serial, name, enrollment },
    lastSeenAt: instant.nullable(),
    certificates: z.array(pendingCertificate).readonly().describe("oldest first"),
  })
  .meta({ id: "WaitingDevice", description: "A quarantined device, or one with a certificate that waits." });
export type WaitingDevice = z.output<typeof waitingDevice>;
export const waitingPage = page(waitingDevice);

export const adoptQuery = z.strictObject({
  certificate: fingerprint.exactOptional().describe("its fingerprint; needed where several wait for the device"),
});
export const adoptAllQuery = z.strictObject({
  dryRun: yesOrNo.describe("`true`: return what the adoption would do for each device; change nothing"),
});
export const adoptionRequest = z
  .strictObject({
    devices: z
      .array(
        z.strictObject({
          ref: z.string().min(1).max(500).describe("id, UDID, serial or unique name"),
          certificate: fingerprint
            .exactOptional()
            .describe("its fingerprint; needed where several wait for the device"),
        }),
      )
      .min(1)
      .max(1000)
      .readonly(),
  })
  .meta({ id: "AdoptionRequest" });
export type AdoptionRequest = z.output<typeof adoptionRequest>;

export const ADOPTION_OUTCOMES = [
  "adopted",
  "nothing-waits",
  "several-wait",
  "certificate-unknown",
  "device-unknown",
  "device-ambiguous",
] as const;
export const adoptions = z
  .object({
    dryRun: z.boolean(),
    counts: z.partialRecord(z.enum(ADOPTION_OUTCOMES), count).describe("devices by outcome"),
    rows: z
      .array(
        z.object({
          ref: z.string(),
          id: z.string().nullable(),
          name: z.string().nullable(),
          certificate: z.string().nullable(),
          outcome: z.enum(ADOPTION_OUTCOMES).describe("in a dry run: what it would be"),
          sentence: z.string(),
          remedy: z.string().nullable(),
        }),
      )
      .readonly()
      .describe("one for each device of the request, in its order"),
  })
  .meta({ id: "Adoptions" });
export type Adoptions = z.output<typeof adoptions>;
/** The outcome for one device of a request. */
export type Adoption = Adoptions["rows"][number];

export const deviceDetail = z
  .object({
    ...deviceFields,
    pending: z.array(pendingCertificate).readonly().describe("the certificates that wait to be adopted, oldest first"),
    claimedSerial: z
      .string()
      .nullable()
      .describe(
        "the serial number that the device reports, if another enrolled device has it and `serial` is therefore different",
      ),
    facts: z
      .array(z.object({ name: z.string(), value: json, reportedAt: instant }))
      .readonly()
      .describe(
        "all facts that the device reported, each with its time; a value that is reported again unchanged gets a new time at most once an hour",
      ),
    timeZone: z
      .string()
      .nullable()
      .describe(
        "IANA name: an admin's override, else the device's report, else that of the first zone rule that matches",
      ),
    zoneFrom: z
      .enum(["device", "admin", "rule"])
      .nullable()
      .describe("who set the time zone; a Mac never reports its own; `rule`: the first zone rule that matches"),
    zoneBy: z.string().nullable().describe("the admin that has set it or its rule, such as `token:NAME`"),
    tags: z.array(z.string()).readonly().describe("in order"),
    groups: z.array(z.string()).readonly().describe("names of the groups whose rules match the device"),
    standing: z
      .object({
        plans: z
          .array(
            z.object({
              id: z.string(),
              name: z.string(),
              order: z.int().describe("place among the standing plans, from 0"),
              state: z.enum(["active", "paused"]),
              ring: z.string().nullable().describe("its ring in this plan; null: in none, or the ring has no name"),
            }),
          )
          .readonly()
          .describe("every standing plan that matches the device, in their order"),
        sentence: z.string().describe("which plan governs the device, and why"),
      })
      .describe("the standing plans of the device"),
    exposed: z
      .object({
        cves: z.array(z.string()).readonly().describe("exploited CVEs that the release fixes"),
        fixedIn: z.string().describe("the newest release of its major version that fixes one that is exploited"),
        postedOn: z.string().describe("`YYYY-MM-DD`: when Apple posted that release"),
        sentence: z.string(),
      })
      .nullable()
      .describe("what is exploited and not fixed in its version; null: nothing is known (`cve-feeds`)"),
    declarative: z
      .object({
        takesUpdates: z
          .boolean()
          .nullable()
          .describe("whether the device reports support for update declarations; null: it has not reported yet"),
        declarations: z.array(z.string()).readonly().describe("identifiers of the declarations assigned to the device"),
        leftOut: z
          .array(z.object({ rule: z.string(), reason: z.string(), sentence: z.string() }))
          .readonly()
          .describe("declarations that could not be made for the device, and why"),
        changedAt: instant,
        syncedAt: instant.nullable().describe("when it last fetched the list"),
        current: z.boolean().describe("the device has fetched the current list"),
        reportedAt: instant.nullable().describe("when it last reported its status"),
      })
      .nullable()
      .describe("declarative management; null: not enabled on the device"),
    policy: z
      .object({ id: z.string(), name: z.string(), way: policyWay, state: policyState, sentence: z.string() })
      .nullable()
      .describe("the device's policy and its state; null: none"),
    bootstrapTokenAt: instant.nullable().describe("when the Mac escrowed its bootstrap token"),
    identityEndsAt: instant.nullable().describe("when its identity certificate ends"),
    pushable: z.boolean().describe("a push token is stored and Apple has not reported it as invalid"),
    pushTrouble: z
      .object({
        reason: z.string(),
        appleReason: z.string(),
        sinceAt: instant,
        sentence: z.string(),
        remedy: z.string(),
      })
      .nullable()
      .describe("why pushes fail, with Apple's reason and an explanation; null while Apple accepts them"),
    removedAt: instant.nullable().describe("when an admin removed it, RFC 3339; null in every other state"),
    sameSerial: z
      .array(
        z.object({
          id: z.string(),
          udid: z.string(),
          enrollment: z.enum(ENROLLMENTS),
          lastSeenAt: instant.nullable(),
        }),
      )
      .readonly()
      .describe("other enrollments with its serial, removed ones too"),
    outstanding: z
      .array(
        z.object({
          commandUuid: z.string(),
          requestType: z.string(),
          state: z.string(),
          queuedAt: instant,
          offeredAt: instant.nullable(),
          createdBy: z.string().nullable().describe("who sent it, for a raw command; null for the server's own"),
        }),
      )
      .readonly()
      .describe("commands that wait for the device or for its answer"),
    timeline: z.array(timelineEntry).readonly().describe("the newest entries, newest first"),
  })
  .meta({ id: "DeviceDetail", description: "A device with all known facts." });
export type DeviceDetail = z.output<typeof deviceDetail>;

export const deviceParams = z.object({
  ref: z.string().min(1).describe("id, UDID, EnrollmentID, serial or unique name"),
});

export const removeQuery = z.strictObject({
  dryRun: yesOrNo.describe("`true`: return what the removal would do; change nothing"),
});

export const deviceRemoval = z
  .object({
    device: deviceView,
    dryRun: z.boolean(),
    outcome: z.enum(["removed", "already"]).describe("`already`: it had been removed before, and nothing changed"),
    lastContactAt: instant.nullable().describe("RFC 3339; null: the device has never contacted the server"),
    withdrawn: z.object({
      planId: z.string().nullable().describe("the plan whose job ended"),
      commands: count.describe("commands that had not been answered"),
      declarations: count.describe("update declarations removed from its list"),
      policy: z.string().nullable().describe("name of the policy that was withdrawn from the device"),
    }),
    mayStill: z
      .array(
        z.object({
          kind: z.enum(["command", "declaration", "restrictions"]),
          release: z.string().nullable().describe("the version that it installs"),
          deliveredAt: instant.nullable().describe("when the command was delivered, RFC 3339"),
          enforceAtLocal: z.string().nullable().describe("when the device enforces the declaration, in its local time"),
          sentence: z.string(),
        }),
      )
      .readonly()
      .describe("what the device may still install: the server can't recall it until the device contacts it"),
  })
  .meta({ id: "DeviceRemoval", description: "What the removal of a device did, or would do." });
export type DeviceRemoval = z.output<typeof deviceRemoval>;

export const zoneRequest = z
  .strictObject({
    zone: z.string().max(100).nullable().describe("IANA name such as `Europe/Zurich`; null removes the override"),
  })
  .meta({ id: "ZoneRequest" });

export const timelineRawParams = z.object({
  ref: deviceParams.shape.ref,
  seq: optionalWholeNumber(0, Number.MAX_SAFE_INTEGER).describe("`seq` of the entry"),
});

export const timelinePage = page(timelineEntry);
