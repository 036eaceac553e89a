/** What a thread of the store may use. */
import type { ResourceLimits } from "node:worker_threads";

/** MiB for what lives shortly: a batch of rows. Node's 48 for each thread would be most of the memory of a small server. */
export const YOUNG: ResourceLimits = { maxYoungGenerationSizeMb: 16 };
