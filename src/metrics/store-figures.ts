/** The figures of the store as metrics: gathered when somebody asks, and shared by all who ask within some seconds. */
import { Registry } from "prom-client";
import type { Figures } from "../service/index.ts";
import { instrumentsOf } from "./instruments.ts";
import { STORE_METRICS } from "./table.ts";

export interface Sources {
  /** Rejects where the store does not answer. */
  figures(): Promise<Figures>;
  /** Bytes that are free for the data directory; undefined where that is not known. */
  diskFree(): Promise<number | undefined>;
  /** ms of a clock that never steps. */
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Figures that are not older are given again (ms). */
const FRESH = 15_000;
/** How long a store that does not answer is waited for (ms). */
const PATIENCE = 5000;

interface Gathered {
  readonly at: number;
  readonly text: Promise<string>;
}

export class StoreFigures {
  readonly #sources: Sources;
  readonly #registry = new Registry();
  readonly #metrics = instrumentsOf(STORE_METRICS, this.#registry);
  #last: Gathered | undefined;
  #gathering: Promise<string> | undefined;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** The exposition text; undefined: the store has not answered in time. */
  async text(): Promise<string | undefined> {
    const now = this.#sources.now();
    if (this.#last === undefined || now - this.#last.at >= FRESH) {
      // A store that hangs is asked once, however many ask for the figures meanwhile.
      this.#gathering ??= this.#gather().finally(() => (this.#gathering = undefined));
      this.#last = { at: now, text: this.#gathering };
    }
    return this.#within(this.#last.text);
  }

  async #within(text: Promise<string>): Promise<string | undefined> {
    const enough = new AbortController();
    try {
      return await Promise.race([
        text.catch(() => undefined),
        this.#sources.sleep(PATIENCE, enough.signal).then(() => undefined),
      ]);
    } finally {
      enough.abort();
    }
  }

  async #gather(): Promise<string> {
    const [figures, free] = await Promise.all([this.#sources.figures(), this.#sources.diskFree()]);
    this.#show(figures, free);
    return this.#registry.metrics();
  }

  #show(figures: Figures, free: number | undefined): void {
    const m = this.#metrics;
    const each = (
      gauge: (typeof m)["devices"],
      label: string,
      values: Readonly<Record<string, number | null>>,
    ): void => {
      gauge.reset();
      for (const [name, value] of Object.entries(values)) if (value !== null) gauge.set({ [label]: name }, value);
    };
    const maybe = (gauge: (typeof m)["outbox"], value: number | null | undefined): void => {
      if (value === null || value === undefined) gauge.remove();
      else gauge.set(value);
    };
    const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000);
    const { catalog, outbox } = figures;
    each(m.devices, "class", figures.classes);
    each(m.flagged, "flag", figures.flags);
    each(m.jobs, "state", figures.jobs);
    each(m.commands, "state", figures.commands);
    m.outbox.set(outbox.pushes);
    m.outboxLate.set(outbox.lateMs / 1000);
    m.halt.set(figures.isHalted ? 1 : 0);
    maybe(m.catalogAge, seconds(catalog.ageMs));
    maybe(m.catalogFetched, seconds(catalog.fetchedAt));
    m.catalogFailing.set(catalog.isFailing ? 1 : 0);
    each(m.ends, "certificate", Object.fromEntries(Object.entries(figures.ends).map(([of, at]) => [of, seconds(at)])));
    each(m.warnings, "code", Object.fromEntries([...figures.warnings].map((code) => [code, 1])));
    m.databaseBytes.set(figures.databaseBytes);
    maybe(m.diskFree, free);
  }
}
