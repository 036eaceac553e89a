/** What a declarative device of the bench says, as prepared requests: its sync, and the report that follows it. */
import { writePlist } from "../../../simulator/index.ts";
import { CAPABLE } from "../../support/declarative.ts";
import { type Connection, putRequest } from "../connection.ts";
import type { BenchDevice } from "../devices.ts";
import type { Reply } from "../reply.ts";

interface Item {
  readonly Identifier: string;
  readonly ServerToken: string;
}

const KINDS = [
  ["Activations", "activation", "activations"],
  ["Assets", "asset", "assets"],
  ["Configurations", "configuration", "configurations"],
  ["Management", "management", "management"],
] as const;

type Listed = Readonly<Record<(typeof KINDS)[number][0], readonly Item[]>>;

export interface SyncingDevice {
  readonly udid: string;
  /** Server tokens of the enforcement declarations that it has. */
  readonly updates: readonly string[];
  /**
   * tokens → items → each declaration that is new → status: the requests, one after the other, each after the reply to the
   * last. Tokens alone where nothing has changed. `items`: what its report says besides its declarations.
   */
  sync(items?: object): Generator<Buffer, void, Reply>;
  /** Answers commands and syncs until there is neither; its first report says what it takes. */
  settle(connection: Connection, items?: object): Promise<void>;
  /** Answers what is in its queue. */
  drain(connection: Connection): Promise<void>;
}

const CHECKIN = { "content-type": "application/x-apple-aspen-mdm-checkin" };
const CONNECT = { "content-type": "application/x-apple-aspen-mdm" };

export function syncingDevice({ udid }: BenchDevice): SyncingDevice {
  const held = new Map<string, string>();
  let token = "";
  let told = false;

  const ask = (Endpoint: string, data?: object): Buffer => {
    const said = { MessageType: "DeclarativeManagement", UDID: udid, Endpoint };
    const body = writePlist(data === undefined ? said : { ...said, Data: Buffer.from(JSON.stringify(data)) });
    return putRequest(Buffer.from(body), CHECKIN);
  };

  function* sync(items: object = {}): Generator<Buffer, void, Reply> {
    const { SyncTokens } = json<{ SyncTokens: { DeclarationsToken: string } }>(yield ask("tokens"));
    if (SyncTokens.DeclarationsToken === token) return;
    const list = json<{ Declarations: Listed; DeclarationsToken: string }>(yield ask("declaration-items"));
    const reported: Record<string, object[]> = {};
    const listed = new Set<string>();
    for (const [plural, kind, name] of KINDS) {
      reported[name] = [];
      for (const { Identifier, ServerToken } of list.Declarations[plural]) {
        const path = `${kind}/${Identifier}`;
        listed.add(path);
        if (held.get(path) !== ServerToken) json(yield ask(`declaration/${path}`));
        held.set(path, ServerToken);
        const state = { identifier: Identifier, "server-token": ServerToken, active: kind !== "management" };
        reported[name].push({ ...state, valid: "valid" });
      }
    }
    for (const path of held.keys()) if (!listed.has(path)) held.delete(path);
    token = list.DeclarationsToken;
    const management = { declarations: reported, ...(told ? {} : { "client-capabilities": CAPABLE }) };
    const report = { StatusItems: { management, ...items }, Errors: [], ...(told ? {} : { FullReport: true }) };
    told = true;
    ok(yield ask("status", report));
  }

  async function drain(connection: Connection): Promise<void> {
    let said: object = { Status: "Idle" };
    for (let n = 0; ; n += 1) {
      const reply = ok(await connection.send(putRequest(Buffer.from(writePlist({ UDID: udid, ...said })), CONNECT)));
      const uuid = /<key>CommandUUID<\/key>\s*<string>([^<]+)/.exec(reply.body.toString())?.[1];
      if (uuid === undefined) return;
      if (n === MOST_COMMANDS) throw new Error(`${udid} is given commands without end`);
      said = { Status: "Acknowledged", CommandUUID: uuid };
    }
  }

  return {
    udid,
    get updates() {
      return [...held].filter(([path]) => path.startsWith("configuration/uptick.update.")).map(([, its]) => its);
    },
    sync,
    drain,
    async settle(connection, items) {
      for (let n = 0; n < MOST_SYNCS; n += 1) {
        await drain(connection);
        const requests = sync(items);
        let turn = requests.next();
        let said = 0;
        for (; turn.done !== true; said += 1) turn = requests.next(await connection.send(turn.value));
        if (said === 1) return;
      }
      throw new Error(`${udid} is given other declarations without end`);
    },
  };
}

const MOST_COMMANDS = 50;
const MOST_SYNCS = 5;

function ok(reply: Reply): Reply {
  if (reply.status !== 200) throw new Error(`a device of the bench was answered ${reply.status}`);
  return reply;
}

const json = <T>(reply: Reply): T => JSON.parse(ok(reply).body.toString()) as T;
