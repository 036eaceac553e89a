/** The halt of all plans as an admin sees, sets and ends it. */
import type { HaltView, PauseDryRun, ResumeDryRun } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import type { Actor } from "../actor.ts";
import { isoTimeOrNull } from "../iso-time.ts";
import type { Ports } from "../ports.ts";
import { setHalt } from "./halt.ts";
import { haltedDevices } from "./halted-devices.ts";
import { pauseNumbers, resumeNumbers } from "./withdrawals.ts";

export interface HaltService {
  show(): Promise<HaltView>;
  /** What a halt would do. */
  tryStart(): Promise<PauseDryRun>;
  start(actor: Actor, reason: string): Promise<HaltView>;
  /** What its end would do. */
  tryEnd(): Promise<ResumeDryRun>;
  /** `devices`: that number. Throws `halt-count-differs`; where there is no halt, no number is needed. */
  end(actor: Actor, devices: number | undefined): Promise<HaltView>;
}

export function createHaltService(ports: Ports): HaltService {
  const { admin } = ports;
  const tryEnd = async (): Promise<ResumeDryRun> => resumeNumbers(admin, await admin.activePlans(), ports.now());

  async function show(): Promise<HaltView> {
    const halt = await admin.halt();
    const { devices, withdrawal } = await haltedDevices(admin);
    const on = halt?.active === 1;
    return {
      on,
      setBy: halt?.setBy ?? null,
      sinceAt: isoTimeOrNull(halt?.since ?? null),
      reason: halt?.reason ?? null,
      devices,
      withdrawal: on ? withdrawal : null,
    };
  }

  return {
    show,
    tryStart: async () => pauseNumbers(admin, await admin.activePlans(), ports.now()),
    async start(actor, reason) {
      await actor.run(setHalt, { active: true, reason, by: actor.name, now: ports.now() });
      return show();
    },
    tryEnd,
    async end(actor, devices) {
      if ((await admin.halt())?.active === 1) {
        const found = await tryEnd();
        if (devices !== found.devices) {
          const told = devices === undefined ? "No number was given" : `${devices} is not the number`;
          throw new UptickError("halt-count-differs", `${told}: ${found.devices} devices would continue.`);
        }
      }
      await actor.run(setHalt, { active: false, reason: "", by: actor.name, now: ports.now() });
      return show();
    },
  };
}
