/** Whether the store answers, for whoever watches this server: asked without a token, so it costs the same however often it is asked. */
import { UptickError } from "../../errors/index.ts";
import { remember } from "./settings.ts";
import type { Ports } from "../ports.ts";

export interface Health {
  /** Resolves when the store answers reads. Rejects with `store-unavailable`, or as the store does, within 5 s. */
  alive(): Promise<void>;
  /** Resolves when the store takes a write as well, as it must for devices to be served. Rejects as `alive` does. */
  ready(): Promise<void>;
}

/** Real ms for which one answer is given to all who ask. */
const SHARED = 1000;
/** Real ms after which a store that says nothing counts as one that does not answer. */
const LONGEST = 5000;

type Asked = Pick<Ports, "devices" | "admin" | "now" | "realNow">;

export function createHealth(ports: Asked): Health {
  const reads = async (): Promise<void> => {
    await ports.devices.read({ from: "setting", where: { name: "ready" }, limit: 1 });
    await ports.admin.links(undefined, 1);
  };
  const writes = async (): Promise<void> => {
    await reads();
    const now = ports.now();
    await ports.devices.run(remember, { settings: [{ name: "ready", value: { at: now } }], secrets: [], now });
  };
  return { alive: shared(ports, reads), ready: shared(ports, writes) };
}

function shared(ports: Asked, check: () => Promise<void>): () => Promise<void> {
  let last: { readonly at: number; readonly answer: Promise<void> } | undefined;
  return () => {
    const now = ports.realNow();
    const age = last === undefined ? Number.NaN : now - last.at;
    // A clock that has stepped back makes it negative.
    if (last !== undefined && age >= 0 && age < SHARED) return last.answer;
    last = { at: now, answer: within(check()) };
    return last.answer;
  };
}

function within(work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new UptickError("store-unavailable", `The database has not answered for ${LONGEST / 1000} s.`)),
      LONGEST,
    );
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
