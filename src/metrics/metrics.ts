/** What is counted while the server works, and the page that Prometheus reads. */
import { collectDefaultMetrics, Registry } from "prom-client";
import { instrumentsOf } from "./instruments.ts";
import { type Sources, StoreFigures } from "./store-figures.ts";
import { PROCESS_METRICS } from "./table.ts";

/** Content type of the page: Prometheus' text format. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Counting costs less than a microsecond each. Whoever counts gives labels that have few values. */
export interface Metrics {
  /** A message of a device was answered, after so many ms. */
  readonly answered: (kind: string, status: number, ms: number) => void;
  /** A request at the admin API was answered; `ms` undefined: a stream of events, which lasts as long as its reader wants. */
  readonly asked: (
    request: { readonly method: string; readonly route: string; readonly status: number },
    ms: number | undefined,
  ) => void;
  readonly pushed: (outcome: string) => void;
  readonly refused: (source: string, reason: string) => void;
  /** A turn of a loop ended, at the real moment `at` (ms UTC); null: with an error. */
  readonly turned: (loop: string, at: number | null) => void;
  /** The page. Never rejects, and waits 5 s at most. */
  readonly text: () => Promise<string>;
}

/** How often the event loop is looked at (ms). */
const LOOP_LOOKS = 20;

export interface MetricsOptions extends Sources {
  readonly version: string;
  readonly nodeVersion: string;
  /** Outcomes that a push may have: each is shown from the start. */
  readonly outcomes: readonly string[];
}

export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  const m = instrumentsOf(PROCESS_METRICS, registry);
  const store = new StoreFigures(options);
  m.build.set({ version: options.version, node: options.nodeVersion }, 1);
  for (const outcome of options.outcomes) m.pushes.inc({ outcome }, 0);
  let asked = false;
  return {
    answered(kind, status, ms) {
      m.deviceRequests.inc({ kind, status });
      m.deviceSeconds.observe({ kind }, ms / 1000);
    },
    asked({ method, route, status }, ms) {
      m.adminRequests.inc({ method, route, status });
      if (ms !== undefined) m.adminSeconds.observe({ route }, ms / 1000);
    },
    pushed: (outcome) => m.pushes.inc({ outcome }),
    refused: (source, reason) => m.refused.inc({ source, reason }),
    turned(loop, at) {
      if (at === null) m.loopFailures.inc({ loop });
      else m.loopSuccess.set({ loop }, at / 1000);
    },
    async text() {
      // Node's own watch its event loop fifty times a second: not in a server that nobody watches.
      if (!asked) collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LOOP_LOOKS });
      asked = true;
      const figures = await store.text();
      m.storeUp.set(figures === undefined ? 0 : 1);
      return `${await registry.metrics()}${figures === undefined ? "" : `\n${figures}`}`;
    },
  };
}
