/** The door of `metrics`: what Prometheus reads of a server. */
export { createMetrics, type Metrics, METRICS_TYPE } from "./metrics.ts";
export { type Metric, PROCESS_METRICS, STORE_METRICS } from "./table.ts";
