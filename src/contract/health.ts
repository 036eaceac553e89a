/** What whoever watches the server is told without a token. */
import { z } from "zod";

export const healthNote = z
  .object({
    reason: z.string().describe("fixed text for machines"),
    sentence: z.string(),
    remedy: z.string(),
  })
  .meta({ id: "HealthNote" });
export type HealthNote = z.output<typeof healthNote>;

export const alive = z.object({ state: z.literal("alive") }).meta({ id: "Alive" });

export const ready = z
  .object({
    state: z.literal("ready"),
    warnings: z
      .array(healthNote)
      .readonly()
      .describe(
        "what is wrong and does not keep the server from serving devices: `push-certificate-missing`, `push-certificate-ended`, `clock-suspect`, `disk-almost-full`",
      ),
  })
  .meta({ id: "Ready" });

/** What the problem of a check says beside its usual members. */
export const unhealthy = {
  state: z.enum(["failing", "not-ready"]).exactOptional().describe("of `/healthz` and `/readyz` alone"),
  reasons: z.array(healthNote).readonly().exactOptional().describe("of `/healthz` and `/readyz` alone"),
};
