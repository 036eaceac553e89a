/**
 * The status items we read, and where a device has them. Source: declarative/status/ITEM.yaml of iOS 18.1 with the changes
 * up to 27.2.
 */
import type { Keys, Value } from "./describe.ts";
import { subscriptionsDescription } from "./descriptions.ts";
import { type DeclarativeDevice, type DeclarativeSupport, enrollmentRefusal, refusal } from "./support.ts";

export interface StatusItem {
  /** Since when and for whom; empty where Apple's change list names the item only. Such an item is subscribed to where the device lists it. */
  readonly support: DeclarativeSupport;
  readonly value: Value;
  /** Reported without a subscription. */
  readonly implicit?: true;
  /** Never subscribed to, and cut out of a report before it is kept. */
  readonly secret?: true;
}

const devices = ["supervised", "device"] as const;
const supervised = ["supervised"] as const;

/** As the engine, which reports the same to everyone. */
const wide = subscriptionsDescription.support;
const supplemental = {
  ...wide,
  iOS: { ...wide.iOS, introduced: "16.1" },
  tvOS: { ...wide.tvOS, introduced: "16.1" },
} as const;
const modelNumber = {
  ...wide,
  iOS: { ...wide.iOS, introduced: "17.0" },
  macOS: { ...wide.macOS, introduced: "14.0" },
  tvOS: { ...wide.tvOS, introduced: "17.0" },
} as const;
/** Not in a user enrollment. */
const hardware = {
  iOS: { introduced: "16.0", enrollments: devices },
  macOS: { introduced: "13.0", enrollments: supervised },
  tvOS: { introduced: "16.0", enrollments: devices },
  visionOS: { introduced: "1.1", enrollments: devices },
  watchOS: { introduced: "10.0", enrollments: supervised },
} as const;
const update = {
  iOS: { introduced: "17.0", enrollments: devices },
  macOS: { introduced: "14.0", enrollments: supervised },
  tvOS: { introduced: "18.4", enrollments: devices },
  visionOS: { introduced: "26.0", enrollments: devices },
} as const;

const text = { type: "string" } as const;
const required = { type: "string", presence: "required" } as const;
const optional = { type: "string", presence: "optional" } as const;
const texts = { type: "array", items: text } as const;
const any = { type: "any" } as const;

/** One entry of the lists in management.declarations. */
export const declarationStatusKeys = {
  identifier: required,
  "server-token": required,
  active: { type: "boolean", presence: "required" },
  valid: { ...required, known: ["unknown", "invalid", "valid"] },
  reasons: {
    type: "array",
    presence: "optional",
    items: {
      type: "dict",
      keys: { code: required, description: optional, details: { type: "any", presence: "optional" } },
    },
  },
} as const satisfies Keys;

const declarations = {
  type: "array",
  presence: "required",
  items: { type: "dict", keys: declarationStatusKeys },
} as const;

/** The key that some devices write instead of `target-local-date-time`; not in the schema. */
export const OTHER_TARGET_KEY = "softwareupdate.target-local-date-time";

/** By name. */
export const STATUS_ITEMS = {
  "softwareupdate.install-state": {
    support: update,
    // "waiting" stands in the description and not in the list of values.
    value: { ...text, known: ["none", "waiting", "downloading", "prepared", "installing", "failed"] },
  },
  "softwareupdate.install-reason": {
    support: update,
    value: {
      type: "dict",
      keys: {
        reason: {
          type: "array",
          presence: "required",
          items: {
            type: "string",
            known: [
              "system-settings",
              "install-tonight",
              "auto-update",
              "notification",
              "setup-assistant",
              "command-line",
              "mdm",
              "declaration",
            ],
          },
        },
        "declaration-id": optional,
      },
    },
  },
  "softwareupdate.pending-version": {
    support: update,
    value: {
      type: "dict",
      keys: {
        "os-version": required,
        "build-version": required,
        "target-local-date-time": optional,
        [OTHER_TARGET_KEY]: optional,
      },
    },
  },
  "softwareupdate.failure-reason": {
    support: update,
    value: {
      type: "dict",
      keys: {
        count: { type: "integer", presence: "required", min: 0, max: Number.MAX_SAFE_INTEGER },
        reason: optional,
        timestamp: optional,
      },
    },
  },
  "softwareupdate.device-id": {
    support: {
      iOS: { introduced: "18.0", enrollments: devices },
      macOS: { introduced: "15.0", enrollments: supervised },
      tvOS: { introduced: "18.4", enrollments: devices },
      visionOS: { introduced: "26.4", enrollments: devices },
    },
    value: text,
  },
  "softwareupdate.beta-enrollment": {
    support: {
      iOS: { introduced: "18.0", enrollments: devices },
      macOS: { introduced: "15.0", enrollments: supervised },
    },
    value: text,
  },
  "device.operating-system.version": { support: wide, value: text },
  "device.operating-system.build-version": { support: wide, value: text },
  "device.operating-system.family": { support: wide, value: text },
  "device.operating-system.marketing-name": { support: wide, value: text },
  "device.operating-system.supplemental.build-version": { support: supplemental, value: text },
  "device.operating-system.supplemental.extra-version": { support: supplemental, value: text },
  "device.identifier.serial-number": { support: hardware, value: text },
  "device.identifier.udid": { support: hardware, value: text },
  "device.model.family": { support: wide, value: text },
  "device.model.identifier": { support: wide, value: text },
  "device.model.marketing-name": { support: wide, value: text },
  "device.model.number": { support: modelNumber, value: text },
  "device.power.battery-health": {
    support: {
      iOS: { introduced: "17.0", enrollments: devices },
      macOS: { introduced: "14.4", enrollments: supervised },
    },
    value: { ...text, known: ["non-genuine", "normal", "service-recommended", "unknown", "unsupported"] },
  },
  "management.client-capabilities": {
    support: wide,
    implicit: true,
    value: {
      type: "dict",
      keys: {
        "supported-versions": { ...texts, presence: "required" },
        "supported-features": { ...any, presence: "required" },
        "supported-payloads": {
          type: "dict",
          presence: "required",
          keys: {
            declarations: {
              type: "dict",
              presence: "required",
              keys: {
                activations: { ...texts, presence: "optional" },
                assets: { ...texts, presence: "optional" },
                configurations: { ...texts, presence: "optional" },
                management: { ...texts, presence: "optional" },
              },
            },
            "status-items": { ...texts, presence: "required" },
          },
        },
      },
    },
  },
  "management.declarations": {
    support: wide,
    value: {
      type: "dict",
      keys: {
        activations: declarations,
        assets: declarations,
        configurations: declarations,
        management: declarations,
      },
    },
  },
  // New in OS 27; of these only the names are known.
  "mdm.enrollment-type": { support: {}, value: any },
  "mdm.is-awaiting-configuration": { support: {}, value: any },
  "mdm.is-return-to-service": { support: {}, value: any },
  "mdm.is-shared-ipad": { support: {}, value: any },
  "mdm.push-magic": { support: {}, value: any, secret: true },
  "mdm.push-token": { support: {}, value: any, secret: true },
  "device.system.health": { support: {}, value: any },
  "security.lockdown-mode": { support: {}, value: any },
} as const satisfies Readonly<Record<string, StatusItem>>;

export type StatusItemName = keyof typeof STATUS_ITEMS;

/** Undefined for a name that we don't read. */
export function statusItem(name: string): StatusItem | undefined {
  return Object.hasOwn(STATUS_ITEMS, name) ? STATUS_ITEMS[name as StatusItemName] : undefined;
}

/**
 * The items to subscribe to on a device, sorted: an unknown one would come back as an error. `listed` is what the device
 * says it knows (`clientCapabilities.statusItems`); before it has, Apple's table for its OS counts.
 */
export function statusItemsFor(device: DeclarativeDevice, listed?: Iterable<string>): string[] {
  const known = listed === undefined ? undefined : new Set(listed);
  return (Object.entries(STATUS_ITEMS) as [string, StatusItem][])
    .filter(([name, { support, implicit, secret }]) => {
      if (implicit || secret) return false;
      if (known === undefined) return refusal(support, device) === undefined;
      const since = support[device.platform];
      return known.has(name) && (since === undefined || enrollmentRefusal(since.enrollments, device) === undefined);
    })
    .map(([name]) => name)
    .toSorted();
}
