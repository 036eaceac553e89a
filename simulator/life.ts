import { day, minute, second } from "./clock.ts";
import { takeCommand } from "./commands.ts";
import { Declarative } from "./declarative/declarative.ts";
import { enrol } from "./enrol.ts";
import type { ProfileSource } from "./enrol.ts";
import { installProfile } from "./renew.ts";
import { createErrands } from "./errands.ts";
import type { Errands } from "./errands.ts";
import type { PushListener, PushSource } from "./fake-apns.ts";
import { FAILURE, failsToInstall } from "./faulty.ts";
import type { MdmClient } from "./mdm-client.ts";
import type { Network } from "./network.ts";
import type { Gate } from "./pace.ts";
import { localTime } from "./record.ts";
import type { SimInstall } from "./record.ts";
import type { SimRelease } from "./releases.ts";
import { compareVersions, majorOf } from "./releases.ts";
import { backoff, pause } from "./retry.ts";
import type { Faults, PendingAnswer } from "./session.ts";
import { runSession } from "./session.ts";
import type { DeviceState } from "./state.ts";
import { createTransport } from "./transport.ts";
import type { Transport, TransportOptions } from "./transport.ts";
import { Updater } from "./updater.ts";

/** Why a rest ends early: given, since making the usual reason takes long. */
const WOKEN = "woken";

/** What surrounds a device. */
export interface Surroundings {
  readonly apns: PushSource;
  readonly trust: readonly string[];
  readonly faults: Faults;
  readonly connections?: TransportOptions;
  /** In place of HTTPS and SCEP. */
  readonly network?: Network;
  readonly enrolAttempts?: number;
  /** With a pace the device enrolls as soon as the gate lets it in, and polls in its beats; else as its traits say. */
  readonly pace?: { readonly pollEvery: number; readonly gate: Gate; beat(): number };
}

/** An installation whose moment has come, whoever asked for it. */
interface DueInstall {
  readonly release: SimRelease;
  readonly action: string;
  readonly consented: boolean;
  readonly declared?: SimInstall["declared"];
  postpone(until: number): void;
  /** It could not begin; `why`: in the words of the device. */
  refused(why: string): void;
  /** The device goes down for it in a moment. */
  begins(): Promise<void>;
}

/** The life of one device: a single thread of steps on its clock. Times are virtual ms; Infinity means never. */
export class Life {
  readonly state: DeviceState;
  readonly updater: Updater;
  readonly declarative: Declarative;
  removal = false;
  private readonly around: Surroundings;
  private readonly pending: PendingAnswer[] = [];
  private signal = new AbortController().signal;
  private pushed = false;
  private failures = 0;
  private pollAt = Infinity;
  private retryAt = Infinity;
  private restartAt = Infinity;
  private awayAt = Infinity;
  private upgradeAt = Infinity;
  private interrupt: AbortController | undefined;

  constructor(state: DeviceState, around: Surroundings) {
    this.state = state;
    this.around = around;
    this.updater = new Updater(state);
    this.declarative = new Declarative(state, this.updater);
  }

  wake(): void {
    this.interrupt?.abort(WOKEN);
  }

  async run(source: ProfileSource, signal: AbortSignal): Promise<void> {
    this.signal = signal;
    const { state } = this;
    const stop = (): void => this.wake();
    signal.addEventListener("abort", stop, { once: true });
    const { network, connections } = this.around;
    const transport = network?.connect(signal) ?? createTransport(state.clock, signal, connections);
    transport.trust(this.around.trust);
    const listener = this.around.apns.listen(state.traits.pushToken.toString("hex"), (push) => this.onPush(push.magic));
    try {
      const client = await this.enter(source, transport, listener);
      if (client !== undefined) await this.live(client, transport, listener);
    } finally {
      listener.close();
      transport.disconnect();
      signal.removeEventListener("abort", stop);
    }
  }

  private async enter(source: ProfileSource, transport: Transport, listener: PushListener) {
    const { state, signal } = this;
    const { pace, enrolAttempts, network } = this.around;
    const tries = {
      ...(network && { network }),
      ...(enrolAttempts !== undefined && { attempts: enrolAttempts }),
      ...(pace && { retryMost: pace.pollEvery }),
    };
    const leave = await pace?.gate.enter();
    try {
      if (pace === undefined && !(await pause(state.clock, state.traits.enrolAfter, signal))) return undefined;
      listener.setOnline(true);
      return await enrol(state, source, transport, signal, tries);
    } finally {
      leave?.();
    }
  }

  private onPush(magic: string): void {
    if (magic !== this.state.traits.pushMagic) return this.state.note("foreign-push");
    this.pushed = true;
    this.wake();
  }

  private async live(client: MdmClient, transport: Transport, listener: PushListener): Promise<void> {
    const { state, updater, declarative } = this;
    const { clock, record } = state;
    record.enrolledAt = clock.now();
    state.note("enrolled");
    const errands = createErrands(state, client);
    this.pushed = true;
    if (state.traits.awayMs > 0) this.awayAt = clock.now() + 30 * minute;
    const own = state.kind.upgradesItself;
    // A device that enrolls once more may have been upgraded in its former life.
    if (own !== undefined && compareVersions(own.version, state.os.version) > 0)
      this.upgradeAt = clock.now() + state.traits.upgradeMs;

    while (!this.signal.aborted && !record.unenrolled) {
      updater.advance();
      declarative.advance();
      const now = clock.now();
      const install = this.installDue(client);
      const contactAt = Math.min(this.pollAt, this.retryAt, errands.nextAt());
      const offAt = declarative.enforcement.offAt();
      if (updater.others.takeRestart()) this.restartAt = now;
      if (this.removal) await errands.checkOut();
      else if (this.restartAt <= now) await this.restart(errands, transport, listener);
      else if (install !== undefined) await this.install(install, errands, transport, listener);
      else if (this.awayAt <= now) await this.beAway(transport, listener);
      else if (offAt <= now) await this.beOff(errands, transport, listener);
      else if (this.pushed || contactAt <= now) await this.contact(errands, client, transport);
      else if (declarative.exchangeAt() <= now) await declarative.exchange(client, this.around.pace?.pollEvery);
      else {
        const own = Math.min(this.restartAt, this.awayAt, this.upgradeAt, updater.nextAt() ?? Infinity);
        await this.rest(Math.min(contactAt, own, declarative.nextAt()));
      }
    }
  }

  /** Sleeps until `until`, a push, or the end. */
  private async rest(until: number): Promise<void> {
    this.interrupt = new AbortController();
    // At most a day at a time: timers do not know Infinity.
    await pause(this.state.clock, Math.min(day, until - this.state.clock.now()), this.interrupt.signal);
    this.interrupt = undefined;
  }

  /** Everything the device has to tell the server now, then the command loop. */
  private async contact(errands: Errands, client: MdmClient, transport: Transport): Promise<void> {
    const { state } = this;
    const { clock, traits, record } = state;
    this.pushed = false;
    this.retryAt = Infinity;
    // What fails is tried later: a poll that is due as well must not be tried without end until then.
    this.pollAt = Infinity;
    if (!(await errands.run())) return this.tryLater();
    const end = await runSession({
      state,
      client,
      pending: this.pending,
      faults: this.around.faults,
      signal: this.signal,
      travel: (ms) => this.travel(ms),
      take: (requestType, command, replay) => {
        const restartSoon = (): void => {
          this.restartAt = Math.min(this.restartAt, clock.now() + 10 * second);
        };
        if (requestType === "InstallProfile") return installProfile(state, client, transport, command);
        const { updater, declarative } = this;
        return takeCommand({ state, updater, declarative, restartSoon, replay }, requestType, command);
      },
    });
    this.pollAt = clock.now() + (this.around.pace?.beat() ?? traits.pollAfter());
    if (end === "unreachable") return this.tryLater();
    this.failures = 0;
    if (end === "unenrolled") record.unenrolled = true;
    // It polls by itself once it is free again, because NotNow was its last word.
    if (end === "not-now") this.retryAt = clock.now() + traits.notNowPollMs;
  }

  private async travel(ms: number): Promise<boolean> {
    const { updater, declarative, signal } = this;
    const { clock } = this.state;
    const until = clock.now() + ms;
    while (clock.now() < until) {
      updater.advance();
      declarative.advance();
      if (updater.installDue() !== undefined || declarative.enforcement.installDue() !== undefined) return false;
      const next = Math.min(until, updater.nextAt() ?? Infinity, declarative.enforcement.nextAt());
      if (!(await pause(clock, Math.max(second, next - clock.now()), signal))) return false;
    }
    return true;
  }

  /** In a drawer, switched off or without a network; then back. */
  private async beAway(transport: Transport, listener: PushListener): Promise<void> {
    const { state } = this;
    this.awayAt = Infinity;
    state.note("away");
    transport.disconnect();
    listener.setOnline(false);
    const from = state.clock.now();
    if (!(await pause(state.clock, state.traits.awayMs, this.signal))) return;
    this.declarative.enforcement.wasOff(from);
    listener.setOnline(true);
    this.pushed = true;
    state.note("back");
  }

  /** Switched off ahead of a declared deadline, and on again after it. */
  private async beOff(errands: Errands, transport: Transport, listener: PushListener): Promise<void> {
    const { state } = this;
    const from = state.clock.now();
    const until = this.declarative.enforcement.switchOff();
    state.note("switched-off");
    transport.disconnect();
    listener.setOnline(false);
    if (!(await pause(state.clock, until - from, this.signal))) return;
    this.declarative.enforcement.wasOff(from);
    await this.up(errands, listener);
  }

  private tryLater(): void {
    this.failures++;
    this.retryAt = this.state.clock.now() + backoff(this.failures, this.around.pace?.pollEvery);
  }

  /** Off for `ms`. False when life ended meanwhile. */
  private async down(ms: number, why: string, transport: Transport, listener: PushListener): Promise<boolean> {
    const { state } = this;
    state.record.restarts.push({ at: state.clock.now(), why });
    transport.disconnect();
    listener.setOnline(false);
    return await pause(state.clock, ms, this.signal);
  }

  /** On again, and silent for as long as its traits say: a locked device does not join its Wi-Fi. */
  private async up(errands: Errands, listener: PushListener): Promise<void> {
    const { state } = this;
    state.note("started", { version: state.os.version });
    if (state.traits.silentMs > 0 && !(await pause(state.clock, state.traits.silentMs, this.signal))) return;
    listener.setOnline(true);
    this.pushed = true;
    this.declarative.hurry();
    errands.tellToken();
  }

  private async restart(errands: Errands, transport: Transport, listener: PushListener): Promise<void> {
    this.restartAt = Infinity;
    const { clock, traits } = this.state;
    const from = clock.now();
    if (!(await this.down(traits.restartMs, "RestartDevice", transport, listener))) return;
    this.declarative.enforcement.wasOff(from);
    await this.up(errands, listener);
  }

  /** What is to be installed now: by a command, by a declaration, or since the user wants it. */
  private installDue(client: MdmClient): DueInstall | undefined {
    const { state, updater, declarative } = this;
    const { kind, clock } = state;
    const upgrade = kind.upgradesItself;
    if (upgrade !== undefined && this.upgradeAt <= clock.now()) {
      this.upgradeAt = Infinity;
      const release: SimRelease = { platform: state.hardware.platform, ...upgrade };
      const nothing = (): void => undefined;
      return {
        release,
        action: "by hand",
        consented: true,
        postpone: nothing,
        refused: nothing,
        begins: () => Promise.resolve(),
      };
    }
    const planned = updater.installDue();
    if (planned !== undefined) {
      return {
        release: planned.release,
        action: planned.action,
        consented: kind.consentHours !== undefined || kind.tonight === true || kind.userInstalls === true,
        postpone(until) {
          planned.startsAt = until;
        },
        refused: () => updater.installRefused(),
        begins: () => Promise.resolve(),
      };
    }
    const { enforcement } = declarative;
    const slowest = this.around.pace?.pollEvery;
    const plan = enforcement.installDue();
    if (plan === undefined) return undefined;
    return {
      release: plan.release,
      action: plan.choice?.reason ?? "declaration",
      consented: plan.choice !== undefined,
      declared: enforcement.declared(plan),
      postpone: (until) => enforcement.postpone(plan, until),
      refused: (why) => enforcement.refused(plan, why),
      begins() {
        enforcement.installing(plan);
        return declarative.report(client, slowest);
      },
    };
  }

  private async install(
    due: DueInstall,
    errands: Errands,
    transport: Transport,
    listener: PushListener,
  ): Promise<void> {
    const { state, updater } = this;
    // A Mac's user who upgrades it types a password of their own.
    const needsToken = state.hardware.appleSilicon && majorOf(state.os.version) >= 11;
    const authorised = needsToken && due.action !== "by hand" ? await errands.authorise() : "yes";
    if (authorised === "later") return due.postpone(state.clock.now() + 5 * minute);
    const { version, build } = due.release;
    if (authorised === "no") {
      state.note("install-not-authorised", { version });
      return due.refused("The bootstrap token is not available.");
    }
    if (failsToInstall(state, due.release)) return due.refused(FAILURE);
    await due.begins();
    const { action, consented, declared } = due;
    const at = state.clock.now();
    const zone = state.traits.timeZone;
    const local = localTime(at, zone);
    const entry: SimInstall = {
      at,
      finishedAt: null,
      version,
      build,
      action,
      local,
      zone,
      consented,
      ...(declared && { declared }),
    };
    state.record.installsExecuted.push(entry);
    state.note("installing", { version });
    if (!(await this.down(state.traits.installMs, "install", transport, listener))) return;
    updater.installed(due.release);
    if (declared !== undefined) this.declarative.enforcement.installed();
    entry.finishedAt = state.clock.now();
    state.record.finalVersion = state.os.version;
    state.record.finalBuild = state.os.build;
    await this.up(errands, listener);
  }
}
