import type { CommandAnswer } from "../answer.ts";
import { acknowledged, malformed } from "../answer.ts";
import type { MdmClient } from "../mdm-client.ts";
import type { PlistDict } from "../plist.ts";
import { data } from "../plist.ts";
import type { SimDeclarations } from "../record.ts";
import { backoff } from "../retry.ts";
import type { DeviceState } from "../state.ts";
import type { Updater } from "../updater.ts";
import type { Declaration, Judgement } from "./declaration.ts";
import type { Target } from "./match.ts";
import { Enforcement } from "./enforcement.ts";
import type { Json } from "./json.ts";
import { isJsonDict, isJsonList, textIn } from "./json.ts";
import { ENFORCEMENT, judge, SUBSCRIPTIONS } from "./judge.ts";
import { instantOf } from "./local-time.ts";
import type { Facts } from "./predicate.ts";
import { Reporter } from "./reporter.ts";
import type { StatusSources } from "./status-items.ts";
import { statusItem } from "./status-items.ts";
import type { SyncToken } from "./sync.ts";
import { DeclarativeDoor, readTokens } from "./sync.ts";

/**
 * The declarative half of a device: what it holds, what it makes of it, and what it tells. Nothing happens in it before
 * the command DeclarativeManagement came, and nothing ever in a device whose kind never syncs.
 */
export class Declarative {
  readonly enforcement: Enforcement;
  private readonly state: DeviceState;
  private readonly sources: StatusSources;
  private readonly reporter: Reporter;
  private held: readonly Declaration[] = [];
  private judged: ReadonlyMap<Declaration, Judgement> = new Map();
  /** The token of the manifest that was applied last, and the newest time of any token. */
  private token: string | undefined;
  private newest = -Infinity;
  /** The token that came with the command; absent where the server has to be asked for it. */
  private announced: SyncToken | undefined;
  private syncAt = Infinity;
  private failures = 0;

  constructor(state: DeviceState, updater: Updater) {
    this.state = state;
    this.enforcement = new Enforcement(state, updater);
    this.sources = { state, enforcement: this.enforcement, judged: () => this.judged };
    this.reporter = new Reporter(this.sources, () => this.subscriptions());
  }

  /** Takes the command. Apple schema: mdm/commands/declarativemanagement.yaml. */
  command(command: PlistDict): CommandAnswer {
    const { state } = this;
    const now = state.clock.now();
    const bytes = data(command, "Data");
    const token = bytes && readTokens(bytes);
    if (command["Data"] !== undefined && token === undefined) return malformed;
    state.record.declarations ??= {
      enabledAt: now,
      syncs: 0,
      plannings: [],
      givenUp: [],
      downloadsLost: 0,
      reports: { accepted: 0, full: 0, lost: 0 },
      held: [],
      installState: "none",
      failures: 0,
    };
    if (state.kind.neverSyncs) return acknowledged();
    // A token older than one it knows was long on its way: only the server can say what holds now.
    this.announced = token !== undefined && token.timestamp >= this.newest ? token : undefined;
    this.syncAt = now;
    this.reporter.hurry();
    return acknowledged();
  }

  /** A declaration manages the update of the OS: commands for it are ignored. */
  manages(): boolean {
    return this.enforcement.plan !== undefined;
  }

  /** Lets happen what is due by now. */
  advance(): void {
    const truth = this.state.record.declarations;
    if (truth === undefined || this.token === undefined) return;
    this.judgeAll();
    this.enforcement.declare(this.targets());
    this.enforcement.advance(truth);
    // An installation or a withdrawal may change what the device makes of a declaration.
    this.reporter.look();
  }

  /** When something is next due, virtual ms. */
  nextAt(): number {
    return Math.min(this.exchangeAt(), this.enforcement.nextAt());
  }

  /** When the server is next to be asked or told something. */
  exchangeAt(): number {
    return Math.min(this.syncAt, this.token === undefined ? Infinity : this.reporter.nextAt());
  }

  /** Another network, or just started: what waits is tried at once. */
  hurry(): void {
    if (this.syncAt < Infinity) this.syncAt = this.state.clock.now();
    this.reporter.hurry();
  }

  /** Asks and tells what is due. `slowest`: the longest wait between two tries, virtual ms. Never rejects. */
  async exchange(client: MdmClient, slowest?: number): Promise<void> {
    const { state } = this;
    const truth = state.record.declarations;
    if (truth === undefined) return;
    const door = new DeclarativeDoor(state, client);
    if (this.syncAt <= state.clock.now()) {
      if (await this.sync(door, truth)) {
        this.syncAt = Infinity;
        this.failures = 0;
      } else {
        this.failures++;
        this.syncAt = state.clock.now() + backoff(this.failures, slowest);
      }
    }
    if (!state.record.unenrolled) await this.report(client, slowest);
  }

  /** Tells what is due, and asks nothing. */
  async report(client: MdmClient, slowest?: number): Promise<void> {
    const truth = this.state.record.declarations;
    if (truth === undefined || this.token === undefined) return;
    this.advance();
    const door = new DeclarativeDoor(this.state, client);
    const tell = async (body: Buffer): Promise<boolean> => typeof (await door.ask("status", body)) !== "string";
    await this.reporter.tell(tell, truth, slowest);
  }

  /** False when it has to be tried again; then everything is as it was. */
  private async sync(door: DeclarativeDoor, truth: SimDeclarations): Promise<boolean> {
    const wanted = this.announced ?? (await door.tokens());
    if (wanted === "failed") return false;
    if (wanted.token !== this.token) {
      const result = await door.declarations(this.held);
      if (result === "failed") return false;
      this.held = result.held;
      this.token = result.token;
      truth.syncs++;
      truth.held = this.held.map(({ type, identifier, serverToken }) => ({ type, identifier, serverToken }));
      this.state.note("synced", { declarations: this.held.length });
    }
    this.newest = Math.max(this.newest, wanted.timestamp);
    this.announced = undefined;
    return true;
  }

  private judgeAll(): void {
    const properties = this.held.filter(({ type }) => type === "com.apple.management.properties");
    const facts: Facts = {
      // What the declarations are judged by can't be what they were judged.
      status: (path) => (path.startsWith("management.declarations") ? undefined : this.statusAt(path)),
      property: (key) => properties.map(({ payload }) => payload?.[key]).find((value) => value !== undefined),
    };
    this.judged = judge(this.state, this.held, facts);
  }

  /** A status item, or a value inside one. */
  private statusAt(path: string): Json | undefined {
    const steps = path.split(".");
    for (let length = steps.length; length > 0; length--) {
      const item = statusItem(this.sources, steps.slice(0, length).join("."));
      if (item === undefined) continue;
      let value: Json | undefined = item();
      for (const step of steps.slice(length)) value = isJsonDict(value) ? value[step] : undefined;
      return value;
    }
    return undefined;
  }

  private inForce(type: string): Declaration[] {
    return [...this.judged].flatMap(([declaration, { active, valid }]) =>
      active && valid === "valid" && declaration.type === type ? [declaration] : [],
    );
  }

  private subscriptions(): string[] {
    return this.inForce(SUBSCRIPTIONS).flatMap(({ payload }) => {
      const items = payload?.["StatusItems"];
      if (!isJsonList(items)) return [];
      return items.flatMap((item) => (isJsonDict(item) ? (textIn(item, "Name") ?? []) : []));
    });
  }

  private targets(): Target[] {
    return this.inForce(ENFORCEMENT).flatMap(({ identifier, serverToken, payload = {} }) => {
      const local = textIn(payload, "TargetLocalDateTime") ?? "";
      const deadline = instantOf(local, this.state.traits.timeZone);
      const version = textIn(payload, "TargetOSVersion");
      if (deadline === undefined || version === undefined) return [];
      return [{ identifier, serverToken, version, build: textIn(payload, "TargetBuildVersion"), local, deadline }];
    });
  }
}
