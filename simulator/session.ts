import type { CommandAnswer } from "./answer.ts";
import { errorChain } from "./answer.ts";
import type { Delivery, MdmClient } from "./mdm-client.ts";
import type { PlistDict } from "./plist.ts";
import { isDict, list, readPlist, text, writePlist } from "./plist.ts";
import type { DeviceState } from "./state.ts";
import { identityOf } from "./state.ts";

/** What the path between server and device does to commands. */
export interface Faults {
  /** A proxy that replays: after its answer was accepted, every command is given to the device once more. */
  readonly deliverTwice?: boolean;
  /** Every command lies on the way for hours. */
  readonly deliverLate?: boolean;
}

/** An answer that waits for the server to accept it; kept over restarts. */
export interface PendingAnswer {
  readonly uuid: string;
  readonly status: string;
  readonly body: Buffer;
  readonly command: Buffer;
  readonly replay: boolean;
}

/**
 * How a session ended: `done` (empty 200), `not-now` (the same, after NotNow as the last word), `unreachable` (try again
 * later), `restarting` (before it could answer), `unenrolled`.
 */
export type SessionEnd = "done" | "not-now" | "unreachable" | "restarting" | "unenrolled";

interface Session {
  readonly state: DeviceState;
  readonly client: MdmClient;
  readonly pending: PendingAnswer[];
  readonly faults: Faults;
  readonly signal: AbortSignal;
  /** `replay`: the path delivered it once more. */
  take(requestType: string, command: PlistDict, replay: boolean): CommandAnswer | Promise<CommandAnswer>;
  /** Lets `ms` pass while a command is on its way; false when the device went down meanwhile, and the command is lost. */
  travel(ms: number): Promise<boolean>;
}

/** One connection to the command loop: a cached answer or Idle first, then commands until an empty 200. */
export async function runSession(session: Session): Promise<SessionEnd> {
  const { state, client, pending, faults } = session;
  const inbox: Buffer[] = [];
  const handled = new Set<string>();
  let last = "Idle";

  const end = (delivery: Exclude<Delivery, { outcome: "ok" }>): SessionEnd => {
    if (delivery.outcome === "unenrolled") {
      state.note("unenrolled-by-server", { why: delivery.why });
      return "unenrolled";
    }
    if (!session.signal.aborted) state.note("server-unreachable", { why: delivery.why });
    return "unreachable";
  };

  if (pending.length === 0) {
    const delivery = await client.report(writePlist({ ...identityOf(state), Status: "Idle" }));
    if (delivery.outcome !== "ok") return end(delivery);
    if (delivery.body.length > 0) inbox.push(delivery.body);
  }
  for (;;) {
    const [answer] = pending;
    if (answer !== undefined) {
      const delivery = await answered(session, answer);
      if (delivery.outcome !== "ok") return end(delivery);
      pending.shift();
      state.record.answersAcknowledged.push({
        uuid: answer.uuid,
        status: answer.status,
        at: state.clock.now(),
        replay: answer.replay,
      });
      last = answer.status;
      if (delivery.body.length > 0) inbox.push(delivery.body);
      if (faults.deliverTwice && !answer.replay) {
        state.note("replayed", { uuid: answer.uuid });
        if ((await execute(session, answer.command, true)) === "none") return "restarting";
      }
      continue;
    }
    const command = inbox.shift();
    if (command === undefined) return last === "NotNow" ? "not-now" : "done";
    if (faults.deliverLate && !(await session.travel(state.traits.deliverLateMs))) return "restarting";
    if (session.signal.aborted) return "unreachable";
    // A replaying proxy gets the next command twice as well; more often than that would be another fault.
    const uuid = faults.deliverTwice ? uuidOf(command) : undefined;
    if (uuid !== undefined && handled.has(uuid)) continue;
    if (uuid !== undefined) handled.add(uuid);
    if ((await execute(session, command, false)) === "none") return "restarting";
  }
}

/** Gives an answer, for this once with another identity where the device does so. */
async function answered({ state, client }: Session, { body, status }: PendingAnswer): Promise<Delivery> {
  const now = client.identity();
  const as = state.answersAs;
  state.answersAs = undefined;
  if (as === undefined) return client.report(body, status);
  client.become(as);
  const delivery = await client.report(body, status);
  client.become(now);
  return delivery;
}

function uuidOf(command: Buffer): string | undefined {
  try {
    return text(readPlist(command), "CommandUUID");
  } catch {
    return undefined;
  }
}

/** Takes the command and puts its answer among the pending ones. */
async function execute(session: Session, bytes: Buffer, replay: boolean): Promise<CommandAnswer["status"]> {
  const { state } = session;
  let envelope: PlistDict;
  try {
    envelope = readPlist(bytes);
  } catch (error) {
    state.note("unreadable-command", { why: String(error) });
    return "CommandFormatError";
  }
  const uuid = text(envelope, "CommandUUID");
  const inner = envelope["Command"];
  if (uuid === undefined) {
    state.note("unreadable-command", { why: "no CommandUUID" });
    return "CommandFormatError";
  }
  const command = isDict(inner) ? inner : {};
  const requestType = text(command, "RequestType");
  const answer: CommandAnswer =
    requestType === undefined ? { status: "CommandFormatError" } : await session.take(requestType, command, replay);
  const action = actionOf(command);
  state.record.commandsExecuted.push({
    uuid,
    requestType: requestType ?? "",
    ...(action === undefined ? {} : { action }),
    at: state.clock.now(),
    status: answer.status,
  });
  if (answer.status === "none") return answer.status;
  const body = writePlist({
    ...identityOf(state),
    Status: answer.status,
    CommandUUID: uuid,
    ...(answer.status === "Acknowledged" ? answer.keys : {}),
    ErrorChain: answer.status === "Error" ? errorChain(answer.error) : undefined,
  });
  session.pending.push({ uuid, status: answer.status, body, command: bytes, replay });
  return answer.status;
}

/** The InstallAction of an update command, for the record. */
function actionOf(command: PlistDict): string | undefined {
  const first = list(command, "Updates")?.[0];
  return isDict(first) ? text(first, "InstallAction") : undefined;
}
