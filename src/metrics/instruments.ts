/** Makes the metrics of the table on a registry; none is ever global, so that many servers can live in one process. */
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Metric } from "./table.ts";

/** The metrics of a table by their names in it. */
export type Instruments<T extends Readonly<Record<string, Metric>>> = {
  readonly [Name in keyof T]: T[Name]["type"] extends "counter"
    ? Counter
    : T[Name]["type"] extends "gauge"
      ? Gauge
      : Histogram;
};

export function instrumentsOf<T extends Readonly<Record<string, Metric>>>(
  table: T,
  registry: Registry,
): Instruments<T> {
  return Object.fromEntries(
    Object.entries(table).map(([key, metric]) => [key, instrument(metric, registry)]),
  ) as unknown as Instruments<T>;
}

function instrument(
  { name, help, type, labels, buckets = [] }: Metric,
  registry: Registry,
): Counter | Gauge | Histogram {
  const options = { name, help, labelNames: [...labels], registers: [registry] };
  if (type === "counter") return new Counter(options);
  return type === "gauge" ? new Gauge(options) : new Histogram({ ...options, buckets: [...buckets] });
}
