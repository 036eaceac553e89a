/** What a standing plan has for a device that it gives nothing now. */
import type { Words } from "./fragments.ts";

export const STANDING = {
  "ring-waits": { cause: "its plan has not opened the newer release to it yet" },
  "once-plan": { cause: "the job of another plan is under way" },
  "setup-assistant": { cause: "it is in Setup Assistant" },
  "plan-paused": { cause: "its plan is paused", remedy: "Resume the plan with uptick plan resume." },
  halted: { cause: "all plans are halted", remedy: "End the halt with uptick halt --end." },
} as const satisfies Readonly<Record<string, Words>>;
