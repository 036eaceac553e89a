/**
 * The declarative half of a device driven by hand: it syncs as Apple's devices do and reports what the test lets it report.
 */
import type { Device, Reply } from "./device.ts";

export interface Declared {
  readonly Type: string;
  readonly Identifier: string;
  readonly ServerToken: string;
  readonly Payload: Readonly<Record<string, unknown>>;
}

interface Item {
  readonly Identifier: string;
  readonly ServerToken: string;
}

const KINDS = {
  Activations: "activation",
  Assets: "asset",
  Configurations: "configuration",
  Management: "management",
} as const;
const REPORTED = {
  activation: "activations",
  asset: "assets",
  configuration: "configurations",
  management: "management",
} as const;

const ENFORCEMENT = "com.apple.configuration.softwareupdate.enforcement.specific";

/** What an OS that takes enforcement says of itself. */
export const CAPABLE = {
  "supported-versions": ["1.0.0"],
  "supported-features": {},
  "supported-payloads": {
    declarations: {
      activations: ["com.apple.activation.simple"],
      assets: [],
      configurations: [
        "com.apple.configuration.management.status-subscriptions",
        ENFORCEMENT,
        "com.apple.configuration.softwareupdate.settings",
      ],
      management: ["com.apple.management.organization-info"],
    },
    "status-items": [
      "device.operating-system.version",
      "device.operating-system.build-version",
      "management.client-capabilities",
      "management.declarations",
      "softwareupdate.install-state",
      "softwareupdate.install-reason",
      "softwareupdate.pending-version",
      "softwareupdate.failure-reason",
    ],
  },
};

export interface Declarative {
  /** What the device has, by kind and identifier. */
  readonly held: ReadonlyMap<string, Declared>;
  /** One DeclarativeManagement check-in. */
  ask(Endpoint: string, data?: unknown): Promise<Reply>;
  /** Tokens, list, what is new; what is no longer listed is removed. True when anything changed. */
  sync(): Promise<boolean>;
  /** The enforcement that it acts on: of several the earliest; undefined: none. */
  update(): Declared | undefined;
  /** A status report; `management.declarations` is added where `declarations` says so. */
  report(items: Readonly<Record<string, unknown>>, more?: { full?: boolean; declarations?: boolean }): Promise<Reply>;
  /** It runs another OS: it reports so (`items` has its version and build), is asked, and answers the same. */
  arrive(items: Readonly<Record<string, unknown>>): Promise<Reply>;
  /** Polls, says that it takes declarations, syncs and reports, until nothing is left to do. */
  settle(items?: Readonly<Record<string, unknown>>): Promise<void>;
}

export function declarative(device: Device): Declarative {
  const held = new Map<string, Declared>();
  let token = "";

  const ask = (Endpoint: string, data?: unknown): Promise<Reply> =>
    device.checkIn({
      MessageType: "DeclarativeManagement",
      Endpoint,
      ...(data === undefined ? {} : { Data: Buffer.from(typeof data === "string" ? data : JSON.stringify(data)) }),
    });

  async function json<T>(endpoint: string): Promise<T> {
    const reply = await ask(endpoint);
    if (reply.status !== 200) throw new Error(`${endpoint} was answered ${reply.status}`);
    return JSON.parse(reply.body.toString()) as T;
  }

  async function sync(): Promise<boolean> {
    const { SyncTokens } = await json<{ SyncTokens: { DeclarationsToken: string } }>("tokens");
    if (SyncTokens.DeclarationsToken === token) return false;
    const list = await json<{ Declarations: Record<keyof typeof KINDS, Item[]>; DeclarationsToken: string }>(
      "declaration-items",
    );
    const listed = new Set<string>();
    for (const [plural, kind] of Object.entries(KINDS) as [keyof typeof KINDS, string][]) {
      for (const { Identifier, ServerToken } of list.Declarations[plural]) {
        const path = `${kind}/${Identifier}`;
        listed.add(path);
        if (held.get(path)?.ServerToken === ServerToken) continue;
        const reply = await ask(`declaration/${path}`);
        if (reply.status === 404) held.delete(path);
        else if (reply.status !== 200) return false;
        else held.set(path, JSON.parse(reply.body.toString()) as Declared);
      }
    }
    for (const path of [...held.keys()]) if (!listed.has(path)) held.delete(path);
    token = list.DeclarationsToken;
    return true;
  }

  const declarations = () => {
    const lists: Record<string, unknown[]> = { activations: [], assets: [], configurations: [], management: [] };
    for (const [path, { Identifier, ServerToken }] of held) {
      const kind = path.slice(0, path.indexOf("/")) as keyof typeof REPORTED;
      const active = kind !== "management";
      lists[REPORTED[kind]]?.push({ identifier: Identifier, "server-token": ServerToken, active, valid: "valid" });
    }
    return lists;
  };

  const report: Declarative["report"] = (items, { full = false, declarations: told = false } = {}) => {
    const all = told ? { ...items, "management.declarations": declarations() } : items;
    const StatusItems: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(all)) place(StatusItems, name.split("."), value);
    return ask("status", { StatusItems, Errors: [], ...(full ? { FullReport: true } : {}) });
  };

  return {
    held,
    ask,
    sync,
    report,
    update: () =>
      [...held.values()]
        .filter(({ Type }) => Type === ENFORCEMENT)
        .toSorted((a, b) => momentOf(a).localeCompare(momentOf(b)))[0],
    async arrive(items) {
      const { facts } = device;
      const OSVersion = textOf(items["device.operating-system.version"]) ?? facts["OSVersion"];
      const BuildVersion = textOf(items["device.operating-system.build-version"]) ?? facts["BuildVersion"];
      device.facts = { ...facts, OSVersion, BuildVersion };
      const reply = await report(items);
      await device.session({ DeclarativeManagement: {} });
      return reply;
    },
    async settle(items = {}) {
      for (let nth = 0; nth < 5; nth += 1) {
        await device.session({ DeclarativeManagement: {} });
        const changed = await sync();
        if (!changed && nth > 0) return;
        await report({ "management.client-capabilities": CAPABLE, ...items }, { full: true, declarations: true });
      }
    },
  };
}

const momentOf = ({ Payload }: Declared): string => textOf(Payload["TargetLocalDateTime"]) ?? "";

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

function place(into: Record<string, unknown>, [name = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) into[name] = value;
  else place((into[name] ??= {}) as Record<string, unknown>, rest, value);
}
