import { has, fullReportSince } from "./abilities.ts";
import type { Json, JsonDict } from "./json.ts";
import { isJsonDict, isJsonList, nested } from "./json.ts";
import type { StatusSources } from "./status-items.ts";
import { statusItem } from "./status-items.ts";
import type { SimDeclarations } from "../record.ts";
import { backoff } from "../retry.ts";

/** A report on its way; said again until the server took it. */
interface Report {
  readonly body: Buffer;
  readonly full: boolean;
  readonly dueAt: number;
}

/** How the server took a report: with a 2xx or not. */
export type Telling = (body: Buffer) => Promise<boolean>;

/** Always subscribed. Apple schema: declarative/status/management.client-capabilities.yaml. */
const IMPLICIT = "management.client-capabilities";

const DECLARATIONS = "management.declarations";

/** Of each list what is new or different, and what is gone. */
function changesOf(before: Json, after: Json): Json {
  if (!isJsonDict(before) || !isJsonDict(after)) return after;
  const lists = Object.entries(after).map(([key, list]) => {
    const [old, now] = [entriesIn(before[key]), entriesIn(list)];
    const changed = now.filter((entry) => !old.some((other) => JSON.stringify(other) === JSON.stringify(entry)));
    const gone = old.filter(({ identifier }) => !now.some((entry) => entry["identifier"] === identifier));
    return [key, [...changed, ...gone.map(({ identifier }) => ({ identifier, _removed: true }))]] as const;
  });
  return Object.fromEntries(lists) as JsonDict;
}

const entriesIn = (list: Json | undefined): JsonDict[] => (isJsonList(list) ? list.filter(isJsonDict) : []);

/**
 * Status reports: a full one when a subscription becomes active and about every 24 hours, a partial one when a subscribed
 * item changes. What a device once made a report of it tells in that order.
 */
export class Reporter {
  private readonly sources: StatusSources;
  /** Names of the status items subscribed to by declarations in force. */
  private readonly subscribed: () => readonly string[];
  private readonly queue: Report[] = [];
  /** What the server knows once the queue is told, as JSON by item. */
  private told = new Map<string, string>();
  private toldOf: string | undefined;
  private fullAt = Infinity;
  private failures = 0;
  private retryAt = 0;
  private junkLeft: boolean;

  constructor(sources: StatusSources, subscribed: () => readonly string[]) {
    this.sources = sources;
    this.subscribed = subscribed;
    this.junkLeft = sources.state.kind.junkReport === true;
  }

  /** Makes a report of what is new, if anything is. */
  look(): void {
    const { state } = this.sources;
    const lag = state.traits.reportLagMs;
    // What changes while a report waits goes into the next one, except where reports lag: then each state is told.
    if (this.queue.length > 0 && lag === 0) return;
    const now = state.clock.now();
    const names = [...new Set([IMPLICIT, ...this.subscribed()])].toSorted();
    const values = new Map<string, Json>();
    const unknown: string[] = [];
    for (const name of names) {
      const value = statusItem(this.sources, name);
      if (value === undefined) unknown.push(name);
      else values.set(name, value());
    }
    const of = names.join(" ");
    const full = of !== this.toldOf || this.fullAt <= now;
    const written = new Map([...values].map(([name, value]) => [name, JSON.stringify(value)]));
    const changed = [...values].filter(([name]) => full || written.get(name) !== this.told.get(name));
    if (changed.length === 0) return;
    const before = this.told.get(DECLARATIONS);
    const news: [string, Json][] = changed.map(([name, value]) => {
      const partly = state.kind.tellsChanges && !full && name === DECLARATIONS && before !== undefined;
      return [name, partly ? changesOf(JSON.parse(before) as Json, value) : value];
    });
    this.told = written;
    this.toldOf = of;
    if (full) this.fullAt = now + state.traits.fullReportMs;
    const report: JsonDict = {
      StatusItems: nested(news),
      // Which code Apple uses for an item the device does not know is not documented.
      Errors: full ? unknown.map((name) => ({ StatusItem: name, Reasons: [{ Code: "Error.UnknownStatusItem" }] })) : [],
      ...(full && has(state, fullReportSince) && { FullReport: true }),
    };
    this.queue.push({ body: Buffer.from(JSON.stringify(report)), full, dueAt: now + lag });
  }

  /** When the next report is due, virtual ms. */
  nextAt(): number {
    const [first] = this.queue;
    return first === undefined ? this.fullAt : Math.max(first.dueAt, this.retryAt);
  }

  /** A device that was off, or a push: what waits is tried at once. */
  hurry(): void {
    this.retryAt = 0;
  }

  /** Tells what is due; a report the server does not take is kept, and told again later. */
  async tell(tell: Telling, truth: SimDeclarations, slowest: number | undefined): Promise<void> {
    const { state } = this.sources;
    for (let [first] = this.queue; first !== undefined && this.nextAt() <= state.clock.now(); [first] = this.queue) {
      if (this.junkLeft) {
        this.junkLeft = false;
        state.note("junk-report");
        await tell(Buffer.from('{"StatusItems":{"softwareupdate":{"install-state":'));
      }
      if (state.traits.losesReport()) {
        this.queue.shift();
        truth.reports.lost++;
        state.note("report-lost");
        continue;
      }
      if (!(await tell(first.body))) {
        this.failures++;
        this.retryAt = state.clock.now() + backoff(this.failures, slowest);
        return;
      }
      this.queue.shift();
      this.failures = 0;
      this.retryAt = 0;
      truth.reports.accepted++;
      if (first.full) truth.reports.full++;
      this.look();
    }
  }
}
