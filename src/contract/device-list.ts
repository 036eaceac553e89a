/** What can be asked of the list of devices: filters, orders and counts, the same for pages, exports and aggregates. */
import { z } from "zod";
import { COMPLIANCE_CLASSES, COMPLIANCE_FLAGS } from "./compliance.ts";
import { deviceView, ENROLLMENTS } from "./devices.ts";
import { JOB_STATES } from "./jobs.ts";
import { meantQuery } from "./scopes.ts";
import { DEVICE_WARNINGS } from "./server.ts";
import { count, cursor, optionalWholeNumber, page, PLATFORM_WORDS, wholeNumber, word } from "./values.ts";

/** Orders of the list of devices; `-` before one reverses it. */
export const DEVICE_SORTS = ["name", "os", "compliance", "deadline", "lastSeen"] as const;
const SORTS = DEVICE_SORTS.flatMap((sort) => [sort, `-${sort}`] as const);

const MECHANISMS = ["command", "declaration"] as const;

/** `true` or `false`; absent: both. */
const either = (what: string) =>
  z
    .enum(["true", "false"])
    .transform((text) => text === "true")
    .exactOptional()
    .describe(`\`true\`: only enrolled devices ${what}; \`false\`: only the other enrolled devices`);

const VERSION = /^<?\d{1,4}(\.\d{1,3}){0,3}$/;

export const deviceFilters = {
  search: z
    .string()
    .max(200)
    .exactOptional()
    .describe(
      "part of a name, serial, UDID or model, in any case and, in names, with or without accents; one or two characters: the beginning of one",
    ),
  platform: word(PLATFORM_WORDS, { mac: "macOS" })
    .exactOptional()
    .describe(
      `${PLATFORM_WORDS.join(", ")}, in any case, or mac; iPadOS is the platform iOS and a model that begins with iPad`,
    ),
  model: z
    .string()
    .regex(
      /^(?=.)[\w.,-]{0,99}\*?$/,
      "expected a product type such as Mac14,2, or the beginning of one with * at its end",
    )
    .exactOptional()
    .describe("product type or lookup id such as `Mac14,2`, in any case, or the beginning of one with `*` at its end"),
  os: z
    .string()
    .regex(VERSION, "expected a version such as 26.1, or <26.1")
    .exactOptional()
    .describe("OS version such as `26.1`, or `<26.1` for those below; 26 is 26.0"),
  enrollment: word(ENROLLMENTS)
    .exactOptional()
    .describe(`state of the enrollment: ${ENROLLMENTS.join(", ")}; without it all but removed ones`),
  jobState: word(JOB_STATES)
    .exactOptional()
    .describe(`state of the job that the device is shown with: ${JOB_STATES.join(", ")}`),
  mechanism: word(MECHANISMS)
    .exactOptional()
    .describe(`how that job reaches the device: ${MECHANISMS.join(" or ")}`),
  ...meantQuery,
  plan: z.string().min(1).max(100).exactOptional().describe("only devices that this plan governs, by its id"),
  ring: optionalWholeNumber(0, 1000)
    .exactOptional()
    .describe("only devices in this ring of their plan; the first is 0"),
  warning: word(DEVICE_WARNINGS)
    .exactOptional()
    .describe(`only devices that this warning of \`GET /api/v1/status\` is about: ${DEVICE_WARNINGS.join(", ")}`),
  class: word(COMPLIANCE_CLASSES)
    .exactOptional()
    .describe(`only enrolled devices of this class of compliance: ${COMPLIANCE_CLASSES.join(", ")}`),
  reason: z.string().max(100).exactOptional().describe("only enrolled devices whose class has this reason"),
  flag: word(COMPLIANCE_FLAGS)
    .exactOptional()
    .describe(`only enrolled devices with this flag: ${COMPLIANCE_FLAGS.join(", ")}`),
  overdue: either("whose deadline has passed"),
  exposed: either("below a release of their major that fixes an exploited CVE"),
  newest: either("for which Apple offers nothing newer in their major"),
  majorEnded: either("whose major Apple fixes on other models only"),
  belowFloor: either("whose plan brings them below the floor of its target"),
  silentDays: optionalWholeNumber(1, 3650)
    .exactOptional()
    .describe("only devices that have not been heard for this many days, or never"),
};

const sort = word(SORTS)
  .exactOptional()
  .describe(
    `${DEVICE_SORTS.join(", ")}, each with \`-\` before it for the reverse: by name; the lowest OS version first; who needs something first (in the order of \`class\`), then by deadline; the earliest deadline first; the longest silence first. What is not known comes last, and first in the reverse. Without it: in the order of enrolling`,
  );

export const deviceQuery = z.strictObject({
  ...deviceFilters,
  sort,
  count: z
    .enum(["true", "false"])
    .transform((text) => text === "true")
    .exactOptional()
    .describe("`true`: the reply has `total`, how many devices the filters leave; it costs as much as another page"),
  after: cursor,
  limit: wholeNumber(1, 1000, 100).describe("rows of a page, 1 to 1000; default 100"),
});
export type DeviceQuery = z.output<typeof deviceQuery>;

export const devicePage = z.object({
  ...page(deviceView).shape,
  total: count.exactOptional().describe("devices on all pages, where `count=true` asked for it"),
});
export type DevicePage = z.output<typeof devicePage>;

export const deviceExportQuery = z.strictObject({ ...deviceFilters, sort });
export type DeviceExportQuery = z.output<typeof deviceExportQuery>;

const COUNTED_BY = ["class", "reason", "version", "model"] as const;

export const deviceAggregateQuery = z.strictObject({
  by: word(COUNTED_BY)
    .default("class")
    .describe(`what is counted: ${COUNTED_BY.join(", ")}; default class`),
  ...deviceFilters,
  after: cursor,
  limit: wholeNumber(1, 1000, 100).describe("rows of a page, 1 to 1000; default 100"),
});
export type DeviceAggregateQuery = z.output<typeof deviceAggregateQuery>;

export const deviceAggregate = page(
  z.object({
    value: z
      .string()
      .nullable()
      .describe(
        "give it to the filter `class`, `reason`, `os` or `model` to list these devices; null: not known, or not enrolled",
      ),
    count: count.describe("devices with this value"),
  }),
).meta({ id: "DeviceAggregate", description: "How many devices have each value, the most first." });
export type DeviceAggregate = z.output<typeof deviceAggregate>;
