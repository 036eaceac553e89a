/** Whether the store answers, for whoever watches this server: asked without a token, so it costs the same however often it is asked. */
import type { HealthNote } from "../../contract/index.ts";
import { isUptickError, UptickError } from "../../errors/index.ts";
import { healthWords } from "../../words/index.ts";
import { pushInForce } from "../push/push-certificates.ts";
import { remember } from "./settings.ts";
import type { Ports } from "../ports.ts";

export interface Health {
  /** Resolves when the store answers reads. Rejects with `store-unavailable`, or as the store does, within 5 s. */
  alive(): Promise<void>;
  /**
   * Resolves when the store takes a write as well, as it must for devices to be served, and gives what else is wrong. Rejects as
   * `alive` does.
   */
  ready(): Promise<readonly HealthNote[]>;
}

/** Real ms for which one answer is given to all who ask. */
const SHARED = 1000;
/** Real ms after which a store that says nothing counts as one that does not answer. */
const LONGEST = 5000;
/** Bytes of free space below which a disk is almost full: a night of 100,000 devices writes about as much. */
export const ALMOST_FULL = 512 * 1024 * 1024;

type Asked = Pick<Ports, "devices" | "admin" | "now" | "realNow" | "clock">;

/** `diskFree`: bytes that may still be written; undefined where that is not known. */
export function createHealth(ports: Asked, diskFree: () => Promise<number | undefined>): Health {
  const reads = async (): Promise<void> => {
    await ports.devices.read({ from: "setting", where: { name: "ready" }, limit: 1 });
    await ports.admin.links(undefined, 1);
  };
  const writes = async (): Promise<readonly HealthNote[]> => {
    await reads();
    const now = ports.now();
    await ports.devices.run(remember, { settings: [{ name: "ready", value: { at: now } }], secrets: [], now });
    return notes(ports, await diskFree());
  };
  return { alive: shared(ports, reads, "failing"), ready: shared(ports, writes, "not-ready") };
}

async function notes(ports: Asked, free: number | undefined): Promise<readonly HealthNote[]> {
  const push = await pushInForce(ports);
  const suspicion = ports.clock.suspicion();
  const ended = push !== undefined && push.notAfter <= ports.realNow();
  return [
    ...(push === undefined ? [healthWords("push-certificate-missing", {})] : []),
    ...(ended ? [healthWords("push-certificate-ended", { at: push.notAfter })] : []),
    ...(suspicion === null ? [] : [healthWords("clock-suspect", suspicion)]),
    ...(free !== undefined && free < ALMOST_FULL ? [healthWords("disk-almost-full", { free })] : []),
  ];
}

function shared<T>(ports: Asked, check: () => Promise<T>, state: "failing" | "not-ready"): () => Promise<T> {
  let last: { readonly at: number; readonly answer: Promise<T> } | undefined;
  return () => {
    const now = ports.realNow();
    const age = last === undefined ? Number.NaN : now - last.at;
    // A clock that has stepped back makes it negative.
    if (last !== undefined && age >= 0 && age < SHARED) return last.answer;
    const answer = within(check()).catch((error: unknown) => {
      throw reasoned(error, state);
    });
    last = { at: now, answer };
    return answer;
  };
}

/** With the state and its reason, so that a check reads the same keys whatever it finds. */
function reasoned(error: unknown, state: "failing" | "not-ready"): unknown {
  if (!isUptickError(error)) return error;
  const { code, message, remedy } = error;
  const reason: HealthNote = { reason: code, sentence: message, remedy };
  return new UptickError(code, message, { remedy, cause: error, members: { state, reasons: [reason] } });
}

function within<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new UptickError("store-unavailable", `The database has not answered for ${LONGEST / 1000} s.`)),
      LONGEST,
    );
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
