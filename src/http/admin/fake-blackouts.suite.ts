/** The blackouts of the fake service: given data. */
import type { Blackout, BlackoutTrial } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import type { BlackoutAdmin } from "../../service/index.ts";

const BLACKOUT: Blackout = {
  name: "Christmas",
  from: "2026-12-21",
  to: "2027-01-03",
  rule: "all",
  createdAt: "2026-08-21T12:00:00.000Z",
  createdBy: "token:first",
  working: false,
};

const TRIAL: BlackoutTrial = {
  name: "Christmas",
  from: "2026-12-21",
  to: "2027-01-03",
  rule: "all",
  devices: 12,
  deadlines: 3,
  moments: 4,
  mayRestart: 1,
};

export const fakeBlackouts: BlackoutAdmin = {
  tryBlackout: async () => TRIAL,
  blackout: async () => ({ ...BLACKOUT, trial: TRIAL }),
  blackouts: async () => ({ rows: [BLACKOUT], next: null }),
  showBlackout: async (name) => {
    if (name !== BLACKOUT.name) throw new UptickError("blackout-unknown", `There is no blackout "${name}".`);
    return BLACKOUT;
  },
  removeBlackout: async () => undefined,
};
