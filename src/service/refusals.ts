/** Notes refused SCEP requests without letting a flood of them become a flood of writes. */
import type { UptickError } from "../errors/index.ts";
import { noteRefusals, type Refusal, withRefusal } from "./exchanges/refusals.ts";
import type { Ports } from "./ports.ts";

export interface Refusals {
  /** `group`: what is counted together. Returns at once; what can't be written is logged. */
  note(error: UptickError, group: string): void;
}

export function createRefusals(ports: Ports): Refusals {
  let waiting: readonly Refusal[] = [];
  let writing = false;

  /** One write at a time: what comes meanwhile goes with the next. */
  async function write(): Promise<void> {
    writing = true;
    try {
      while (waiting.length > 0) {
        const refusals = waiting.toReversed();
        waiting = [];
        await ports.devices.run(noteRefusals, { refusals });
      }
    } finally {
      writing = false;
    }
  }

  return {
    note({ code, message, remedy }, group) {
      waiting = withRefusal(waiting, { code, group, message, remedy, count: 1, at: ports.realNow() });
      if (writing) return;
      write().catch((error: unknown) => ports.log.error("refusal-not-noted", { code, error: String(error) }));
    },
  };
}
