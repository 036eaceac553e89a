/** Every metric of Uptick's, as data: the registry and docs/metrics.md follow from this table. Node's default metrics come beside them. */

export interface Metric {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  /** Each has few values, whatever devices and people send. */
  readonly labels: readonly string[];
  /** Of a histogram: upper bounds in seconds. */
  readonly buckets?: readonly number[];
}

/** What this process counts. */
export const PROCESS_METRICS = {
  build: {
    name: "uptick_build_info",
    type: "gauge",
    help: "Always 1; the labels name the version of Uptick and of Node.",
    labels: ["version", "node"],
  },
  deviceRequests: {
    name: "uptick_device_requests_total",
    type: "counter",
    help: "Messages of devices at /mdm by kind (MessageType of a check-in, Idle, or Answer to a command) and status of the reply.",
    labels: ["kind", "status"],
  },
  deviceSeconds: {
    name: "uptick_device_request_duration_seconds",
    type: "histogram",
    help: "Time from the message of a device to the reply, without TLS and the network.",
    labels: ["kind"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  adminRequests: {
    name: "uptick_admin_requests_total",
    type: "counter",
    help: "Requests at the admin API by method, route and status.",
    labels: ["method", "route", "status"],
  },
  adminSeconds: {
    name: "uptick_admin_request_duration_seconds",
    type: "histogram",
    help: "Time from a request at the admin API to the end of its reply; event streams are left out.",
    labels: ["route"],
    buckets: [0.005, 0.025, 0.1, 0.25, 1, 2.5, 10],
  },
  pushes: {
    name: "uptick_pushes_total",
    type: "counter",
    help: "Pushes by the outcome that Apple's push service gave; accepted does not mean delivered.",
    labels: ["outcome"],
  },
  refused: {
    name: "uptick_refused_requests_total",
    type: "counter",
    help: "Refused requests of devices and failed TLS handshakes, by source (mdm, scep, tls) and error code.",
    labels: ["source", "reason"],
  },
  loopSuccess: {
    name: "uptick_loop_last_success_timestamp_seconds",
    type: "gauge",
    help: "When each loop of the server's work last ended without an error.",
    labels: ["loop"],
  },
  loopFailures: {
    name: "uptick_loop_failures_total",
    type: "counter",
    help: "Turns of each loop of the server's work that ended with an error.",
    labels: ["loop"],
  },
  storeUp: {
    name: "uptick_store_up",
    type: "gauge",
    help: "1: the database gave the figures below within 5 seconds. 0: it did not, and they are missing.",
    labels: [],
  },
} as const satisfies Readonly<Record<string, Metric>>;

/** What the store knows, gathered at most every 15 seconds: the same for every process on one database. */
export const STORE_METRICS = {
  devices: {
    name: "uptick_devices",
    type: "gauge",
    help: "Enrolled devices by class of compliance; the classes sum to all of them.",
    labels: ["class"],
  },
  flagged: {
    name: "uptick_devices_flagged",
    type: "gauge",
    help: "Enrolled devices by flag of compliance; a device may have several flags.",
    labels: ["flag"],
  },
  jobs: {
    name: "uptick_jobs",
    type: "gauge",
    help: "Jobs that are not finished, by state.",
    labels: ["state"],
  },
  commands: {
    name: "uptick_commands",
    type: "gauge",
    help: "Commands without an answer: queued for a device, or delivered to it.",
    labels: ["state"],
  },
  outbox: {
    name: "uptick_outbox_pushes",
    type: "gauge",
    help: "Pushes that have not left yet, those that wait for another try among them.",
    labels: [],
  },
  outboxLate: {
    name: "uptick_outbox_oldest_due_seconds",
    type: "gauge",
    help: "How long the first of these pushes has been due.",
    labels: [],
  },
  halt: {
    name: "uptick_halt_active",
    type: "gauge",
    help: "1 while all plans are halted.",
    labels: [],
  },
  catalogAge: {
    name: "uptick_catalog_age_seconds",
    type: "gauge",
    help: "Time since the day of Apple's list of releases; missing while there is no list.",
    labels: [],
  },
  catalogFetched: {
    name: "uptick_catalog_last_fetch_timestamp_seconds",
    type: "gauge",
    help: "When Apple's list was last fetched successfully; missing while it never was.",
    labels: [],
  },
  catalogFailing: {
    name: "uptick_catalog_fetch_failing",
    type: "gauge",
    help: "1: the last daily fetch of Apple's list failed.",
    labels: [],
  },
  ends: {
    name: "uptick_certificate_expiry_timestamp_seconds",
    type: "gauge",
    help: "When a certificate ends: push, tls (the first of the chain), authority (the CA), device_identity (the first of all devices).",
    labels: ["certificate"],
  },
  warnings: {
    name: "uptick_warning_active",
    type: "gauge",
    help: "1 for each warning that uptick status shows; missing for the others.",
    labels: ["code"],
  },
  databaseBytes: {
    name: "uptick_database_size_bytes",
    type: "gauge",
    help: "Size of the database.",
    labels: [],
  },
  diskFree: {
    name: "uptick_disk_free_bytes",
    type: "gauge",
    help: "Space that is free for this process in the file system of data-dir.",
    labels: [],
  },
} as const satisfies Readonly<Record<string, Metric>>;
