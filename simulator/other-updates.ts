import { second } from "./clock.ts";
import type { PlistDict } from "./plist.ts";
import { Real } from "./plist.ts";
import type { DeviceState } from "./state.ts";

interface Item {
  readonly key: string;
  readonly name: string;
  readonly version: string;
  /** As Apple writes them for what is no OS: numbers with dots, or nothing. */
  readonly build: string;
  readonly bytes: number;
  readonly kind: "app" | "config-data" | "firmware";
}

/** Keys, names and builds in the shapes seen in the field; opaque to a server. */
const all: readonly Item[] = [
  { key: "082-41241", name: "Safari", version: "26.6", build: "21624.2.5.11.4", bytes: 180_000_000, kind: "app" },
  {
    key: "072-19857",
    name: "XProtectPlistConfigData",
    version: "5321",
    build: "",
    bytes: 900_000,
    kind: "config-data",
  },
  { key: "093-60217", name: "Firmware", version: "2094.80", build: "", bytes: 45_000_000, kind: "firmware" },
];

/** What a Mac has loaded by itself, as most have something; an order for the OS names it as well. Some items have no version. */
const loaded: readonly Item[] = [
  { key: "062-70231", name: "Safari", version: "26.5.2", build: "21624.1.9.10.2", bytes: 170_000_000, kind: "app" },
  { key: "052-11840", name: "MRTConfigData", version: "", build: "", bytes: 4_000_000, kind: "config-data" },
];

/** Their keys. */
export const loadedKeys: ReadonlySet<string> = new Set(loaded.map(({ key }) => key));

interface Progress {
  readonly downloadedAt: number;
  readonly installsAt: number;
}

/** What a Mac has to update besides its OS. Its list is as old as its last scan: what was installed since stands in it. */
export class OtherUpdates {
  private readonly state: DeviceState;
  private readonly waiting: Set<Item>;
  private seen: readonly Item[] = [];
  private readonly progress = new Map<Item, Progress>();
  private restartWanted = false;

  constructor(state: DeviceState) {
    this.state = state;
    const loads = state.hardware.platform === "macOS" && state.kind.otherUpdates !== true;
    this.waiting = new Set(state.kind.otherUpdates ? all : loads ? loaded : []);
    if (!loads) return;
    this.seen = loaded;
    for (const item of loaded) this.progress.set(item, { downloadedAt: -Infinity, installsAt: Infinity });
  }

  /** Items of UpdateResults for an order of the OS: one order may resolve to several products. */
  besides(): PlistDict[] {
    const items = [...this.progress].filter(([{ key }]) => loadedKeys.has(key));
    return items.map(([{ key }]) => ({ ProductKey: key, InstallAction: "DownloadOnly", Status: "Idle" }));
  }

  /** A scan has ended: the list is what is waiting now. */
  scanned(): void {
    this.seen = [...this.waiting];
  }

  /** Items of AvailableOSUpdates. */
  listed(): PlistDict[] {
    return this.seen.map((item) => ({
      ProductKey: item.key,
      HumanReadableName: item.name,
      HumanReadableNameLocale: "en",
      ...(item.version === "" ? {} : { Version: item.version }),
      Build: item.build,
      DownloadSize: item.bytes,
      AppIdentifiersToClose: item.kind === "app" ? ["com.apple.Safari"] : [],
      IsCritical: false,
      IsConfigDataUpdate: item.kind === "config-data",
      IsFirmwareUpdate: item.kind === "firmware",
      IsMajorOSUpdate: false,
      IsSecurityResponse: false,
      RestartRequired: item.kind === "firmware",
      AllowsInstallLater: item.kind !== "config-data",
    }));
  }

  /** Items of OSUpdateStatus. */
  status(): PlistDict[] {
    const now = this.state.clock.now();
    return [...this.progress].map(([item, { downloadedAt, installsAt }]) => ({
      ProductKey: item.key,
      IsDownloaded: downloadedAt <= now,
      DownloadPercentComplete: new Real(downloadedAt <= now ? 1 : 0.5),
      Status: downloadedAt > now ? "Downloading" : installsAt < Infinity ? "Installing" : "Idle",
    }));
  }

  /** The item of UpdateResults; undefined when the key is none of its own. */
  schedule(key: string | undefined, action: string): PlistDict | undefined {
    const item = this.seen.find((candidate) => candidate.key === key);
    if (item === undefined) return undefined;
    const { clock, traits } = this.state;
    const now = clock.now();
    const result = (InstallAction: string, Status: string): PlistDict => ({
      ProductKey: item.key,
      InstallAction,
      Status,
    });
    // Installed since the list was made.
    if (!this.waiting.has(item)) return result(action, "Idle");
    const before = this.progress.get(item);
    const downloadedAt =
      before?.downloadedAt ?? now + Math.round((item.bytes / traits.bytesPerSecond) * second) + traits.prepareMs;
    const installs = action !== "DownloadOnly" && action !== "NotifyOnly";
    const installsAt = installs ? Math.max(now, downloadedAt) + traits.prepareMs : (before?.installsAt ?? Infinity);
    this.progress.set(item, { downloadedAt, installsAt });
    return result(
      installs ? "InstallASAP" : action,
      downloadedAt > now ? "Downloading" : installs ? "Installing" : "Idle",
    );
  }

  advance(): void {
    const now = this.state.clock.now();
    for (const [item, { installsAt }] of this.progress) {
      if (installsAt > now) continue;
      this.progress.delete(item);
      this.waiting.delete(item);
      const restarts = item.kind === "firmware";
      this.state.record.otherInstalls.push({ at: installsAt, name: item.name, restarts });
      this.state.note("other-update-installed", { name: item.name });
      this.restartWanted ||= restarts;
    }
  }

  /** True once after an update that needs a restart was installed. */
  takeRestart(): boolean {
    const wanted = this.restartWanted;
    this.restartWanted = false;
    return wanted;
  }

  nextAt(): number | undefined {
    const now = this.state.clock.now();
    const times = [...this.progress.values()].flatMap(({ downloadedAt, installsAt }) => [downloadedAt, installsAt]);
    const coming = times.filter((at) => at > now && at < Infinity);
    return coming.length === 0 ? undefined : Math.min(...coming);
  }
}
