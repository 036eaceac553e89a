/** What the events of a second say to those who follow some topics: each object once, and counts that hang on them. Pure. */
import type { Streamed, StreamedChange, Told, Topic } from "../../contract/index.ts";
import { type EventRow, saying } from "../../store/index.ts";
import { isoTime } from "../iso-time.ts";
import { eventDataOf } from "./event-data.ts";

export type NumberedEvent = EventRow & { readonly seq: number };

/** More changes than this in one second are told as one: who shows lists reads them again (console E3). */
export const MOST_AT_ONCE = 50;

interface Change {
  /** Of its newest event. */
  readonly seq: number;
  readonly change: StreamedChange;
}

/** The changes of all topics, each object once, in the order of the newest event of each. */
export function changesOf(events: readonly NumberedEvent[]): readonly Change[] {
  const ordered = events.toSorted((a, b) => a.seq - b.seq);
  const last = ordered.at(-1);
  if (last === undefined) return [];
  const changes = new Map<string, Change>();
  const put = (seq: number, change: StreamedChange): void => {
    const name = `${change.topic} ${change.id ?? ""}`;
    const before = changes.get(name)?.change;
    // The newest comes last.
    changes.delete(name);
    changes.set(name, { seq, change: before === undefined ? change : merged(before, change) });
  };
  const touched = new Set<string>();
  for (const event of ordered) {
    const { topic, id, at, kinds, seq } = event;
    if (topic === "warnings") continue;
    put(seq, { topic, id: id === "" ? null : id, recordedAt: isoTime(at), changes: kinds, data: eventDataOf(event) });
    if (topic === "devices") for (const counts of countsOf(event)) touched.add(counts);
  }
  // Lists of plans and rollouts show how many of their devices are where.
  const recordedAt = isoTime(last.at);
  for (const name of touched) {
    const [topic, id] = name.split(" ") as ["plans" | "rollouts", string];
    if (!changes.has(name)) put(last.seq, { topic, id, recordedAt, changes: [], data: {} });
  }
  // The overview shows something of everything.
  put(last.seq, { topic: "overview", id: null, recordedAt, changes: [...warningsIn(ordered)], data: {} });
  return [...changes.values()];
}

function countsOf({ data }: NumberedEvent): string[] {
  const { device, job } = data as {
    readonly device?: { readonly governedBy?: string | null };
    readonly job?: { readonly planId?: string; readonly rolloutId?: string | null };
  };
  const plans = [device?.governedBy, job?.planId].filter((id) => typeof id === "string");
  const rollouts = [job?.rolloutId].filter((id) => typeof id === "string");
  return [...plans.map((id) => `plans ${id}`), ...rollouts.map((id) => `rollouts ${id}`)];
}

const warningsIn = (events: readonly NumberedEvent[]) =>
  new Set(events.flatMap(({ topic, kinds }) => (topic === "warnings" ? kinds : [])));

const merged = (before: StreamedChange, after: StreamedChange): StreamedChange => ({
  ...after,
  changes: saying([...new Set([...before.changes, ...after.changes])]),
  data: { ...before.data, ...after.data },
});

/** For those who follow these topics. `upTo`: the number after which whoever has had them continues. */
export function toldOf(changes: readonly Change[], topics: readonly Topic[], upTo: number): readonly Told<Streamed>[] {
  const mine = changes.filter(({ change }) => topics.includes(change.topic));
  if (mine.length > MOST_AT_ONCE) return [manyOf(topics, mine.length, upTo)];
  const last = mine.at(-1);
  return mine.map(
    ({ seq, change }): Told<Streamed> => ({
      // Who has had the last of them has had all.
      id: String(change === last?.change ? upTo : seq),
      event: change.topic,
      data: change,
    }),
  );
}

export const manyOf = (topics: readonly Topic[], count: number, upTo: number): Told<Streamed> => ({
  id: String(upTo),
  event: "many",
  data: { topics, count },
});
