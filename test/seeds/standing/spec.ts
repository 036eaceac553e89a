/** What the checks read of a standing plan's row, and their own understanding of its rings (targets R1, R2). */
import { createHash } from "node:crypto";

export interface RingSpec {
  readonly who: string | { readonly percent: number; readonly of?: string };
  readonly opens: number;
  readonly due: number;
}

/** Of the spec that is stored. */
export interface Spec {
  readonly allowMajor: boolean;
  readonly zone: string;
  readonly zoneNamed?: boolean;
  readonly window?: unknown;
  readonly standing: {
    readonly noticeHours: number;
    readonly rings: readonly RingSpec[];
    readonly maxFailurePercent: number;
    readonly urgentDays: number | null;
  };
}

export interface PlanRow {
  readonly id: string;
  readonly state: string;
  readonly spec: Spec;
}

/** What the rules that an admin draws ask of a device. */
export interface RuledDevice {
  readonly id: string;
  readonly platform: string | null;
  readonly tags: ReadonlySet<string>;
}

/** The rules of these weeks: "all", "tag = pilot", "platform = macOS" and the same with "not". Undefined: another rule. */
export function matches(rule: string, { platform, tags }: RuledDevice): boolean | undefined {
  if (rule === "all") return true;
  const [, not, field, value] = /^(not )?(tag|platform) = ([\w-]+)$/.exec(rule) ?? [];
  if (field === undefined || value === undefined) return undefined;
  const is = field === "tag" ? tags.has(value) : platform?.toLowerCase() === value.toLowerCase();
  return is === (not === undefined);
}

const SLOTS = 10_000;

/** The place of the ring that a device belongs to, by the plan and the device alone. Undefined: that is not known here. */
export function ringBy({ id, spec }: Pick<PlanRow, "id" | "spec">, device: RuledDevice): number | undefined {
  const digest = createHash("sha256").update(`${id}\n${device.id}`).digest("hex");
  const slot = Number(BigInt(`0x${digest}`) % BigInt(SLOTS));
  let from = 0;
  for (const [place, { who }] of spec.standing.rings.entries()) {
    if (who === "rest") return place;
    const rule = typeof who === "string" ? who : (who.of ?? "all");
    const is = matches(rule, device);
    if (is === undefined) return undefined;
    const to = typeof who === "string" ? from : from + Math.round((who.percent * SLOTS) / 100);
    const takes = typeof who === "string" || (slot >= from && slot < to) || slot + SLOTS < to;
    if (is && takes) return place;
    from = to % SLOTS;
  }
  return 0;
}
