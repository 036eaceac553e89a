/** What the server of a seed runs on: a process that can be made to die, a disk that can be full, a clock that can be wrong. */
import { DatabaseSync } from "node:sqlite";
import { type Random, random, type VirtualTime } from "../../simulator/index.ts";
import type { PushClient } from "../../src/service/index.ts";
import type { Write } from "../../src/store/index.ts";
import type { Point } from "../../src/store/sqlite/index.ts";
import { startVirtualServer, type VirtualServer } from "../../src/virtual/index.ts";
import { MINUTE } from "./fate.ts";
import { type ProcessTime, processTime } from "./process-time.ts";

export interface MachineOptions {
  readonly seed: string;
  readonly time: VirtualTime;
  readonly push: PushClient;
  /** Bounds of batches. */
  readonly dice: Random;
  readonly say: (what: string) => void;
  /** After each commit that touches enrollments or the gate, with the enrollments; the reply has not left yet. */
  readonly onCommit: (db: DatabaseSync, touched: ReadonlySet<string>) => void;
  /** Before each batch. */
  readonly onBatch: () => void;
  /** The server has died, or was stopped: connections are gone. */
  readonly onGone: () => void;
}

/** What was asked of the server was under way when it died, or nothing runs: whether it was carried out is not known. */
export class ServerGone extends Error {}

/** An error in the server's log. */
export interface LoggedError {
  /** ms UTC. */
  readonly at: number;
  readonly event: string;
  readonly fields: object;
}

export class Machine {
  server: VirtualServer | undefined;
  db = new DatabaseSync(":memory:");
  readonly errors: LoggedError[] = [];
  readonly #options: MachineOptions;
  /** Counts the processes. What belongs to an earlier one is dead. */
  #process = 0;
  #gone = gone();
  #time: ProcessTime | undefined;
  #touched = new Set<string>();
  /** Something is written that the gate or a person has decided of a ring. */
  #gate = false;
  #death: { nth: number; readonly down: number } | undefined;
  #skew = 0;
  #skewBefore = 0;
  /** When its clock was set (ms UTC). */
  #setAt = 0;
  /** From when to when there is no room (ms UTC). */
  #full: readonly [number, number] = [0, 0];

  constructor(options: MachineOptions) {
    this.#options = options;
  }

  /** Starts a process on a database. One that dies while it starts is followed by another, too. */
  async start(database: Uint8Array): Promise<void> {
    const { time, seed, dice, push } = this.#options;
    this.db.close();
    this.db = new DatabaseSync(":memory:");
    this.db.deserialize(database);
    this.#limitRoom();
    this.#process += 1;
    const me = this.#process;
    this.#gone = gone();
    const own = processTime(time);
    this.#time = own;
    const bytes = random(`${seed}/bytes/${me}`);
    const nothing = (): void => undefined;
    const error = (event: string, fields: object = {}): void => {
      if (me !== this.#process) return;
      this.errors.push({ at: time.now(), event, fields });
      this.#options.say(`the server logs ${event}: ${JSON.stringify(fields)}`);
    };
    try {
      const server = await startVirtualServer({
        time: own,
        random: (n) => new Uint8Array(bytes.bytes(n)),
        db: this.db,
        push,
        log: { debug: nothing, info: nothing, warn: nothing, error },
        take: (waiting) => dice.integer(1, waiting),
        lives: (point, write) => this.#lives(me, point, write),
        skew: () => this.#skew,
      });
      if (me === this.#process) this.server = server;
    } catch (failure) {
      if (me !== this.#process) return;
      this.#options.say(`the server does not start: ${(failure as Error).message}`);
      this.#end(MINUTE);
    }
  }

  /** Asks the running server. Throws ServerGone where none runs, or where it is gone before it has answered. */
  async ask<T>(what: (server: VirtualServer) => Promise<T>): Promise<T> {
    if (this.server === undefined) throw new ServerGone();
    return Promise.race([what(this.server), this.#gone.promise]);
  }

  /** It dies at the `nth` write or commit from now on, and is started again `down` ms later. */
  dieAt(nth: number, down: number): void {
    this.#death ??= { nth, down };
  }

  /** Stopped in good order, and started again `down` ms later. */
  async stop(down: number): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    this.#options.say("the server is stopped");
    this.server = undefined;
    this.#options.onGone();
    const stopped = await Promise.race([server.stop().then(() => true), this.#gone.promise.catch(() => false)]);
    if (stopped) this.#end(down);
  }

  /** Put back to an earlier state, as from a backup. */
  restore(database: Uint8Array): void {
    this.#options.say("the server is put back to a backup");
    this.#end(MINUTE, database);
  }

  /** No room for more than there is, for `ms`. */
  async fillDisk(ms: number): Promise<void> {
    const { time, say } = this.#options;
    say("the disk is full");
    this.#full = [time.now(), time.now() + ms];
    this.#limitRoom();
    await time.sleep(ms);
    this.#limitRoom();
    say("the disk has room again");
  }

  /** How far its clock is from the time (ms). */
  get skew(): number {
    return this.#skew;
  }

  setClock(skew: number): void {
    this.#skewBefore = this.#skew;
    this.#skew = skew;
    this.#setAt = this.#options.time.now();
  }

  /** The furthest that the server may take the time for (ms UTC): what it writes was decided a moment before. */
  latest(): number {
    const now = this.#options.time.now();
    const before = now - this.#setAt < MINUTE ? this.#skewBefore : 0;
    return now + Math.max(0, this.#skew, before);
  }

  /** The disk was full then (ms UTC), or a moment before. */
  wasFull(at: number): boolean {
    return at >= this.#full[0] && at <= this.#full[1] + MINUTE;
  }

  /** From now on nothing happens to it any more. */
  mend(): void {
    this.setClock(0);
    this.#death = undefined;
    const [from, until] = this.#full;
    this.#full = [from, Math.min(until, this.#options.time.now())];
    this.#limitRoom();
  }

  #limitRoom(): void {
    const pages = Number(this.db.prepare("PRAGMA page_count").get()?.["page_count"]);
    const now = this.#options.time.now();
    const full = now >= this.#full[0] && now < this.#full[1];
    this.db.exec(`PRAGMA max_page_count = ${full ? pages : 1_000_000}`);
  }

  #lives(process: number, point: Point, write: Write | undefined): boolean {
    if (process !== this.#process) return false;
    if (point === "batch") this.#options.onBatch();
    if (write !== undefined) noteEnrollment(this.#touched, write);
    if (write !== undefined && "insert" in write && write.insert === "gateDecision") this.#gate = true;
    if (point === "committed" && (this.#touched.size > 0 || this.#gate)) {
      const touched = this.#touched;
      this.#touched = new Set();
      this.#gate = false;
      this.#options.onCommit(this.db, touched);
    }
    if (this.#death === undefined || point === "batch") return true;
    this.#death.nth -= 1;
    if (this.#death.nth > 0) return true;
    this.#options.say(`the server dies at a ${point === "committed" ? "reply" : point}`);
    this.#end(this.#death.down);
    return false;
  }

  /** The process is gone; another is started `down` ms later, on what is in the database or on `database`. */
  #end(down: number, database?: Uint8Array): void {
    this.#process += 1;
    this.#time?.die();
    this.#death = undefined;
    this.#touched = new Set();
    this.#gate = false;
    this.server = undefined;
    this.#options.onGone();
    this.#gone.reject(new ServerGone());
    void this.#startAfter(down, database);
  }

  async #startAfter(down: number, database: Uint8Array | undefined): Promise<void> {
    const ended = this.#process;
    await this.#options.time.sleep(down);
    if (ended !== this.#process) return;
    if (this.db.isTransaction) this.db.exec("ROLLBACK");
    this.#options.say("the server starts");
    // Every object of the process before is left behind: only the bytes of its database go over.
    await this.start(database ?? this.db.serialize());
  }
}

function gone(): PromiseWithResolvers<never> {
  const made = Promise.withResolvers<never>();
  // Whoever waits for it hears of it.
  made.promise.catch(() => undefined);
  return made;
}

/** How the id of a push begins; that of its enrollment follows. */
const PUSH = "push:";

/** Which enrollment a write is about, where it says so. */
function noteEnrollment(touched: Set<string>, write: Write): void {
  const table =
    "put" in write ? write.put : "insert" in write ? write.insert : "patch" in write ? write.patch : write.drop;
  const named = { ...("where" in write ? write.where : {}), ...("row" in write ? write.row : {}) } as {
    id?: string;
    enrollmentId?: string | null;
  };
  const push = table === "outbox" ? named.id?.slice(PUSH.length) : undefined;
  const id = table === "enrollment" ? named.id : (named.enrollmentId ?? push);
  if (typeof id === "string") touched.add(id);
}
