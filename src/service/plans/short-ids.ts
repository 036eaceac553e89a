/** Plans, policies and rollouts by a part of their id: the beginning of a UUIDv7 is its time, so the end tells them apart sooner. */
import { type ErrorCode, UptickError } from "../../errors/index.ts";
import type { AdminStore } from "../../store/index.ts";
import { isoTime } from "../iso-time.ts";

/** Digits of the shortest part that is looked for. */
const SHORTEST = 6;
const MOST_CANDIDATES = 5;

interface Named {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
}

const AMBIGUOUS = {
  plan: "plan-ambiguous",
  policy: "policy-ambiguous",
  rollout: "rollout-ambiguous",
} as const satisfies Record<string, ErrorCode>;

/** What has the id `text`, or alone has one that begins or ends with it. Throws `plan-ambiguous`, `policy-ambiguous`, `rollout-ambiguous`. */
export async function byPartOfId<T extends Named>(
  admin: AdminStore,
  kind: keyof typeof AMBIGUOUS,
  text: string,
  read: (id: string) => Promise<T | undefined>,
): Promise<T | undefined> {
  const wanted = text.toLowerCase();
  const whole = (await read(text)) ?? (wanted === text ? undefined : await read(wanted));
  if (whole !== undefined || !/^[0-9a-f-]*$/.test(wanted) || wanted.replaceAll("-", "").length < SHORTEST) return whole;
  const ids = await admin.idsLike(kind, wanted, MOST_CANDIDATES + 1);
  const [only] = ids;
  if (only === undefined || ids.length === 1) return only === undefined ? undefined : read(only);
  const found = await Promise.all(ids.slice(0, MOST_CANDIDATES).map(read));
  const named = found
    .filter((row) => row !== undefined)
    .map(({ id, name, createdAt }) => `${id} ("${name}", made ${isoTime(createdAt)})`);
  if (ids.length > MOST_CANDIDATES) named.push("and others");
  throw new UptickError(AMBIGUOUS[kind], `"${text}" is part of the id of more than one ${kind}: ${named.join("; ")}.`);
}
