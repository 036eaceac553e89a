import { hour, minute, second } from "../clock.ts";
import { localHour } from "../record.ts";
import type { SimDeclarations, SimInstall } from "../record.ts";
import type { SimRelease } from "../releases.ts";
import { compareVersions, sizeOf } from "../releases.ts";
import type { DeviceState } from "../state.ts";
import type { Updater } from "../updater.ts";
import { dropsDownloads, tellsWaiting } from "../ways.ts";
import { releaseFor, type Target } from "./match.ts";

/** `softwareupdate.install-state`. */
export type InstallState = "none" | "waiting" | "downloading" | "prepared" | "installing" | "failed";

interface Plan {
  readonly target: Target;
  readonly release: SimRelease;
  readonly plannedAt: number;
  state: Exclude<InstallState, "none">;
  /** When the present state ends by itself: waiting, downloading and failed do. */
  until: number;
  /** It was downloaded; a failure after that comes back to it. */
  downloaded: boolean;
  /** When it may be forced. */
  forcedAt: number;
  excuse: NonNullable<SimInstall["declared"]>["excuse"];
  /** The user's own choice, and when it takes effect. */
  choice: { readonly reason: "notification" | "install-tonight"; readonly at: number } | undefined;
}

/** `softwareupdate.failure-reason`; `at` is virtual ms UTC. */
export interface Failure {
  readonly count: number;
  readonly reason?: string;
  readonly at?: number;
}

const isOf = (plan: Plan, { identifier, serverToken }: Target): boolean =>
  plan.target.identifier === identifier && plan.target.serverToken === serverToken;

/** Brings the device to what its enforcements in force ask for, one target after the other, on the device's wall clock. */
export class Enforcement {
  private readonly state: DeviceState;
  private readonly updater: Updater;
  private targets: readonly Target[] = [];
  private failuresLeft: number;
  private switchedOff = false;
  plan: Plan | undefined;
  failure: Failure = { count: 0 };

  constructor(state: DeviceState, updater: Updater) {
    this.state = state;
    this.updater = updater;
    this.failuresLeft = state.kind.failsTimes ?? 0;
  }

  /** The enforcements that are in force now. */
  declare(targets: readonly Target[]): void {
    this.targets = this.state.kind.ignoresDeclarations ? [] : targets;
  }

  installState(): InstallState {
    return this.plan?.state ?? "none";
  }

  /** The same as the device tells it. */
  toldState(): InstallState {
    const state = this.installState();
    if (state !== "waiting" || tellsWaiting(this.state)) return state;
    return this.plan?.downloaded === true ? "prepared" : "none";
  }

  /**
   * The target that is worked on: the earliest deadline whose release is newer and offered, of one moment the lower version. A
   * version that Apple does not offer this device stands in nobody's way.
   */
  private choose(): { target: Target; release: SimRelease } | undefined {
    const sorted = this.targets
      .filter(({ version }) => compareVersions(version, this.state.os.version) >= 0)
      .toSorted(
        (a, b) =>
          a.deadline - b.deadline ||
          compareVersions(a.version, b.version) ||
          (a.build ?? "").localeCompare(b.build ?? "") ||
          a.identifier.localeCompare(b.identifier),
      );
    for (const target of sorted) {
      const release = releaseFor(this.updater, target);
      if (release !== undefined) return { target, release };
    }
    return undefined;
  }

  /** Lets everything happen that is due by now, except the installation itself. */
  advance(truth: SimDeclarations): void {
    const now = this.state.clock.now();
    const chosen = this.choose();
    const { plan } = this;
    const goesOn = plan !== undefined && chosen !== undefined && isOf(plan, chosen.target);
    if (plan !== undefined && !goesOn) {
      const { identifier, serverToken } = plan.target;
      truth.givenUp.push({ at: now, identifier, serverToken });
      this.state.note("planning-ended", { identifier });
      this.plan = undefined;
      this.failure = { count: 0 };
      // Removals go before additions: only a declaration that is still there hands its download to another.
      if (!this.targets.some((target) => isOf(plan, target))) this.removed(plan, truth);
    }
    if (chosen !== undefined && this.plan === undefined) this.begin(chosen.target, chosen.release, truth, plan);
    this.step();
    truth.installState = this.installState();
    truth.failures = this.failure.count;
  }

  /** The declaration that was worked on is gone. */
  private removed(plan: Plan, truth: SimDeclarations): void {
    const { os, note } = this.state;
    const { version, improvement } = plan.release;
    const runs = improvement === undefined && compareVersions(version, os.version) <= 0;
    const lost = plan.downloaded || plan.state === "downloading";
    if (!dropsDownloads(this.state) || !lost || runs) return;
    this.updater.downloaded = undefined;
    truth.downloadsLost++;
    note("download-thrown-away", { version });
  }

  /** `before`: the plan that this one takes over from. */
  private begin(target: Target, release: SimRelease, truth: SimDeclarations, before?: Plan): void {
    const { clock, traits, note } = this.state;
    const now = clock.now();
    const past = target.deadline <= now;
    const stays = before !== undefined && this.targets.some((one) => isOf(before, one));
    const loads = stays && before.state === "downloading" && before.release.build === release.build;
    // Whatever a command had planned: the declaration manages the update from here on.
    this.updater.yieldTo(release);
    this.failure = { count: 0 };
    this.plan = {
      target,
      release,
      plannedAt: now,
      state: loads ? "downloading" : "waiting",
      until: loads ? before.until : now + traits.declaredWaitMs,
      downloaded: this.updater.downloaded?.build === release.build,
      // A deadline that has passed already leaves the user one hour (vendor finding).
      forcedAt: past ? now + hour : target.deadline,
      excuse: past ? "past-when-declared" : null,
      choice: undefined,
    };
    const { identifier, serverToken, local, deadline, version } = target;
    truth.plannings.push({ at: now, identifier, serverToken, version, local, deadline });
    note("planning-began", { identifier, version, local });
  }

  /** One state after the other, at the moments they end. */
  private step(): void {
    const now = this.state.clock.now();
    for (let { plan } = this; plan !== undefined && plan.until <= now; plan = this.plan) {
      const at = plan.until;
      if (plan.state === "waiting" || (plan.state === "failed" && !plan.downloaded)) this.download(plan, at);
      else if (plan.state === "downloading") this.downloadEnded(plan, at);
      else this.prepared(plan, at);
    }
  }

  private download(plan: Plan, at: number): void {
    const { traits, hardware } = this.state;
    if (plan.downloaded) return this.prepared(plan, at);
    const preparing = hardware.platform === "macOS" ? 2 * traits.prepareMs : 0;
    plan.state = "downloading";
    plan.until = at + Math.round((sizeOf(plan.release) / traits.bytesPerSecond) * second + preparing);
    this.state.note("download-started", { version: plan.release.version });
  }

  private downloadEnded(plan: Plan, at: number): void {
    if (this.failuresLeft > 0) {
      this.failuresLeft--;
      const mac = this.state.hardware.platform === "macOS";
      this.failed(plan, at, mac ? "SUMacControllerError Code=7507 “Download failed.”" : "Software update failed.");
      return;
    }
    const { version, build } = plan.release;
    this.state.record.downloadsExecuted.push({ at, version, build });
    this.state.note("downloaded", { version });
    this.updater.downloaded = plan.release;
    plan.downloaded = true;
    this.prepared(plan, at);
  }

  private prepared(plan: Plan, at: number): void {
    const { kind, traits } = this.state;
    plan.state = "prepared";
    plan.until = Infinity;
    if (kind.userChooses === undefined || plan.choice !== undefined) return;
    let chosenAt = at + traits.userTakesMs;
    if (kind.userChooses === "tonight") {
      while (localHour(chosenAt, traits.timeZone) !== 3) chosenAt += 20 * minute;
    }
    const reason = kind.userChooses === "now" ? "notification" : "install-tonight";
    if (chosenAt < plan.forcedAt) plan.choice = { reason, at: chosenAt };
  }

  private failed(plan: Plan, at: number, reason: string, again = this.state.traits.declaredRetryMs): void {
    this.failure = { count: this.failure.count + 1, reason, at };
    plan.state = "failed";
    plan.until = at + again;
    this.state.note("declared-update-failed", { count: this.failure.count });
  }

  /** When something is next due, virtual ms. */
  nextAt(): number {
    const { plan } = this;
    if (plan === undefined) {
      // What Apple does not offer yet it may offer later.
      const waits = this.targets.some(({ version }) => compareVersions(version, this.state.os.version) >= 0);
      return waits ? this.nextRelease() : Infinity;
    }
    return Math.min(plan.until, plan.state === "prepared" ? this.installAt(plan) : Infinity, this.offAt());
  }

  private nextRelease(): number {
    const now = this.state.clock.now();
    const coming = this.state.releases.map(({ offeredFrom = -Infinity }) => offeredFrom).filter((at) => at > now);
    return Math.min(Infinity, ...coming);
  }

  private installAt(plan: Plan): number {
    return Math.min(plan.forcedAt, plan.choice?.at ?? Infinity);
  }

  /** The installation that is due now. */
  installDue(): Plan | undefined {
    const { plan } = this;
    if (plan?.state !== "prepared" || this.installAt(plan) > this.state.clock.now()) return undefined;
    return plan;
  }

  /** What the record says of an installation that begins now. */
  declared(plan: Plan): NonNullable<SimInstall["declared"]> {
    const { identifier, serverToken, local, deadline } = plan.target;
    return { identifier, serverToken, local, late: this.state.clock.now() - deadline, excuse: plan.excuse };
  }

  /** The device goes down for it. */
  installing(plan: Plan): void {
    plan.state = "installing";
    plan.until = Infinity;
  }

  installed(): void {
    this.plan = undefined;
    this.failure = { count: 0 };
  }

  /** The installation could not begin; the download stays, and an hour later it tries again. `why`: what it reports. */
  refused(plan: Plan, why: string): void {
    this.failed(plan, this.state.clock.now(), why, hour);
  }

  /** The server could not be asked for the token: no failure, but later. */
  postpone(plan: Plan, until: number): void {
    // What its user chose stays chosen.
    if (plan.choice !== undefined) plan.choice = { ...plan.choice, at: until };
    plan.forcedAt = Math.max(plan.forcedAt, until);
  }

  /** When the device is switched off ahead of its deadline; Infinity when it is not. */
  offAt(): number {
    const { plan } = this;
    if (plan === undefined || this.switchedOff || this.state.kind.offAtDeadlineHours === undefined) return Infinity;
    return plan.target.deadline - this.state.traits.offBeforeMs;
  }

  /** Switched off until then, virtual ms; once. */
  switchOff(): number {
    this.switchedOff = true;
    return (this.plan?.target.deadline ?? this.state.clock.now()) + this.state.traits.offAfterMs;
  }

  /** The device was off from then until now: nothing went on, and what fell due comes an hour after the start. */
  wasOff(from: number): void {
    const now = this.state.clock.now();
    const { plan } = this;
    if (plan === undefined) return;
    if (plan.until < Infinity) plan.until = now + Math.max(0, plan.until - from);
    if (plan.choice !== undefined && plan.choice.at < now) plan.choice = undefined;
    if (plan.forcedAt > now || plan.forcedAt < from) return;
    plan.forcedAt = now + hour;
    plan.excuse ??= "was-off";
  }
}
