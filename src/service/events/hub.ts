/**
 * Streams of events. One query a second serves all who follow, and there is none while nobody does. What it has read in the last two
 * seconds is read again: in PostgreSQL a row could be committed after one with a greater number.
 */
import type { Feed, Follower, Streamed, Told, Topic } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import type { Ports } from "../ports.ts";
import { changesOf, manyOf, type NumberedEvent, toldOf } from "./fan-out.ts";

/** Streams that are open at a time. */
const MOST_STREAMS = 1000;
/** Events that are read at once. Where there are more, nobody is told each. */
const MOST_EVENTS = 5000;
/** Events of the past that a stream begins with, when it is resumed. */
const MOST_RESUMED = 1000;
/** Turns (a second each) after which an event is not read again. */
const READ_AGAIN = 2;
const TURNS_BETWEEN_BEATS = 15;
const TURNS_BETWEEN_CHECKS = 5;

export interface EventStreams {
  /** `after`: the number of the last event that is known. Throws `streams-too-many`. */
  open(topics: readonly Topic[], after: number | undefined): Feed<Streamed>;
}

export interface EventHub extends EventStreams {
  /** Once a second: tells what came since the last time. Gives 0: nothing is left then. */
  turn(): Promise<number>;
  /** Resolves when somebody follows, or when the signal is aborted. */
  wanted(signal: AbortSignal): Promise<void>;
  /** Ends all streams. */
  end(): void;
}

interface Stream {
  readonly topics: readonly Topic[];
  readonly after: number | undefined;
  readonly follower: Follower<Streamed>;
  readonly key: string;
  readonly isAllowed: () => Promise<boolean>;
  /** It has been told what it missed. */
  ready: boolean;
}

export function createEventHub({ admin, log }: Pick<Ports, "admin" | "log">): EventHub {
  const streams = new Set<Stream>();
  let ended = false;
  let onWanted: (() => void) | undefined;
  /** The greatest number that was told; undefined: nobody follows. */
  let position: number | undefined;
  /** From which number on events are read again, and those of them that were told, turn by turn. */
  let floor = 0;
  let read: ReadonlySet<number>[] = [];
  let turns = 0;
  let working: Promise<unknown> = Promise.resolve();

  /** What tells anybody anything happens one after the other: so nobody misses what comes while another is told. */
  function serially<T>(work: () => Promise<T>): Promise<T> {
    const done = working.then(work);
    working = done.catch(() => undefined);
    return done;
  }

  const newest = async (): Promise<number> => (await admin.eventBounds())?.last ?? 0;

  function leave(stream: Stream): void {
    if (!streams.delete(stream)) return;
    if (streams.size === 0) position = undefined;
  }

  function close(stream: Stream): void {
    leave(stream);
    stream.follower.end();
  }

  async function begin(stream: Stream): Promise<void> {
    const { topics, after, follower } = stream;
    if (position === undefined) {
      const from = await newest();
      if (!streams.has(stream)) return;
      [position, floor, read] = [from, from, []];
    }
    const ready = (id: number): Told<Streamed> => ({ id: String(id), event: "ready", data: { topics } });
    if (after === undefined) follower.tell([ready(position)]);
    else if (!(await isKept(after)))
      follower.tell([ready(position), { id: String(position), event: "reset", data: { reason: "not-kept" } }]);
    else {
      const to = position;
      const missed = (await admin.eventsAfter(after, MOST_RESUMED + 1)).filter(({ seq }) => seq <= to);
      const told =
        missed.length > MOST_RESUMED ? [manyOf(topics, missed.length, to)] : toldOf(changesOf(missed), topics, to);
      follower.tell([ready(after), ...told]);
    }
    stream.ready = true;
  }

  async function isKept(after: number): Promise<boolean> {
    const bounds = await admin.eventBounds();
    return bounds === undefined ? after === 0 : after >= bounds.first - 1 && after <= bounds.last;
  }

  /** What nobody was told yet. */
  async function fresh(): Promise<readonly NumberedEvent[] | "many"> {
    const found = await admin.eventsAfter(floor, MOST_EVENTS);
    if (found.length === MOST_EVENTS) {
      [floor, read] = [await newest(), []];
      return "many";
    }
    const known = read;
    const events = found.filter(({ seq }) => !known.some((told) => told.has(seq)));
    read = [...read, new Set(events.map(({ seq }) => seq))];
    while (read.length > READ_AGAIN) {
      const [old, ...rest] = read;
      floor = Math.max(floor, ...(old ?? []));
      read = rest;
    }
    return events;
  }

  async function tellAll(): Promise<void> {
    if (position === undefined) return;
    const events = await fresh();
    const all = [...streams].filter(({ ready }) => ready);
    if (events === "many") {
      position = floor;
      for (const { follower, topics } of all) follower.tell([manyOf(topics, MOST_EVENTS, floor)]);
      return;
    }
    if (events.length === 0) return;
    const to = Math.max(position, ...events.map(({ seq }) => seq));
    position = to;
    const changes = changesOf(events);
    const byTopics = new Map<string, readonly Told<Streamed>[]>();
    for (const { topics, follower } of all) {
      const name = topics.join();
      const told = byTopics.get(name) ?? toldOf(changes, topics, to);
      byTopics.set(name, told);
      if (told.length > 0) follower.tell(told);
    }
  }

  /** Each access is asked about once, however many follow by it. */
  async function check(): Promise<void> {
    const byKey = Map.groupBy(streams, ({ key }) => key);
    for (const same of byKey.values()) {
      const allowed = await same[0]?.isAllowed();
      if (allowed !== true) for (const stream of same) close(stream);
    }
  }

  /** Who has been told nothing for long continues from here as well. */
  function beat(): void {
    const told: readonly Told<Streamed>[] = [{ id: String(position ?? 0), event: "beat", data: {} }];
    for (const { follower, ready } of streams) if (ready) follower.tell(told);
  }

  return {
    open(topics, after) {
      if (ended || streams.size >= MOST_STREAMS)
        throw new UptickError("streams-too-many", `${MOST_STREAMS} streams of events are open.`);
      return {
        follow(follower, { key, isAllowed }) {
          const stream: Stream = { topics, after, follower, key, isAllowed, ready: false };
          if (ended) {
            follower.end();
            return () => undefined;
          }
          streams.add(stream);
          serially(() => begin(stream)).catch((error: unknown) => {
            log.warn("event-stream-failed", { error });
            close(stream);
          });
          onWanted?.();
          return () => leave(stream);
        },
      };
    },
    async turn() {
      if (streams.size === 0) return 0;
      turns += 1;
      await serially(tellAll);
      if (turns % TURNS_BETWEEN_CHECKS === 0) await check();
      if (turns % TURNS_BETWEEN_BEATS === 0) beat();
      return 0;
    },
    wanted: (signal) =>
      new Promise((resolve) => {
        if (streams.size > 0 || signal.aborted) return resolve();
        const end = (): void => {
          onWanted = undefined;
          signal.removeEventListener("abort", end);
          resolve();
        };
        onWanted = end;
        signal.addEventListener("abort", end);
      }),
    end() {
      ended = true;
      for (const stream of streams) close(stream);
    },
  };
}
