/** The blocks of the fake service: given data. */
import type { Block, BlockTrial } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import type { BlockAdmin } from "../../service/index.ts";

const BLOCK: Block = {
  id: "0198e000-0000-7000-8000-00000000b10c",
  platform: "iOS",
  version: "26.6.1",
  rule: "model = iPhone14,2",
  state: "active",
  reason: "restarts again and again",
  until: "2026-09-10",
  createdAt: "2026-08-21T12:00:00.000Z",
  createdBy: "token:first",
  endedAt: null,
  endedBy: null,
  endReason: null,
  working: false,
};

const TRIAL: BlockTrial = {
  platform: "iOS",
  version: "26.6.1",
  rule: "model = iPhone14,2",
  devices: 12,
  running: 2,
  firstRunning: ["C02XXXXXXXXX", "F2LXXXXXXXXX"],
  jobs: { open: 3, declared: 4, ordered: 1 },
};

export const fakeBlocks: BlockAdmin = {
  tryBlock: async () => TRIAL,
  block: async () => ({ ...BLOCK, trial: TRIAL }),
  blocks: async () => ({ rows: [BLOCK], next: null }),
  showBlock: async (ref) => {
    if (ref !== BLOCK.id) throw new UptickError("block-unknown", `There is no block ${ref}.`);
    return BLOCK;
  },
  unblock: async () => ({
    ...BLOCK,
    state: "ended",
    endedAt: "2026-08-22T12:00:00.000Z",
    endedBy: "token:first",
    endReason: "Apple mended it",
  }),
};
