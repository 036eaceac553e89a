/** What Prometheus reads, for those who scrape with a token. */
import { type Route } from "../route.ts";

export const metricsRoutes = {
  metrics: {
    method: "GET",
    path: "/metrics",
    role: "viewer",
    summary:
      "Metrics in Prometheus' text format, version 0.0.4; docs/metrics.md lists them. The figures of the database may be 15 seconds old. `metrics-listen` gives the same page on a listener without tokens.",
    replies: [
      { status: 200, media: "text/plain", when: "always; without the database's figures while it does not answer" },
    ],
    errors: [],
  },
} as const satisfies Record<string, Route>;
