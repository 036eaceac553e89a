import type { MdmClient } from "../mdm-client.ts";
import type { DeviceState } from "../state.ts";
import type { Declaration, DeclarationKind } from "./declaration.ts";
import type { Json, JsonDict } from "./json.ts";
import { isJsonDict, isJsonList, readJson, textIn } from "./json.ts";

/** A synchronization token; `timestamp` orders tokens that came on different ways, ms UTC. */
export interface SyncToken {
  readonly token: string;
  readonly timestamp: number;
}

/** TokensResponse; undefined when it is none. Apple schema: declarative/protocol/tokensresponse.yaml. */
export function readTokens(bytes: Uint8Array): SyncToken | undefined {
  const tokens = readJson(bytes)?.["SyncTokens"];
  if (!isJsonDict(tokens)) return undefined;
  const [token, time] = [textIn(tokens, "DeclarationsToken"), textIn(tokens, "Timestamp")];
  if (token === undefined || token === "" || Buffer.byteLength(token) > 256) return undefined;
  if (time === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time)) return undefined;
  const timestamp = Date.parse(time);
  return Number.isNaN(timestamp) ? undefined : { token, timestamp };
}

const arrays = [
  ["Activations", "activation"],
  ["Assets", "asset"],
  ["Configurations", "configuration"],
  ["Management", "management"],
] as const;

interface Item {
  readonly kind: DeclarationKind;
  readonly identifier: string;
  readonly serverToken: string;
}

const short = (text: string | undefined): text is string =>
  text !== undefined && text !== "" && Buffer.byteLength(text) <= 64;

/** DeclarationItemsResponse; undefined when it is none. Apple schema: declarative/protocol/declarationitemsresponse.yaml. */
function readManifest(bytes: Uint8Array): { items: Item[]; token: string } | undefined {
  const manifest = readJson(bytes);
  const declarations = manifest?.["Declarations"];
  const token = manifest && textIn(manifest, "DeclarationsToken");
  if (!isJsonDict(declarations) || token === undefined) return undefined;
  const items: Item[] = [];
  for (const [key, kind] of arrays) {
    const list: Json | undefined = declarations[key];
    if (!isJsonList(list)) return undefined;
    for (const entry of list) {
      if (!isJsonDict(entry)) return undefined;
      const [identifier, serverToken] = [textIn(entry, "Identifier"), textIn(entry, "ServerToken")];
      if (!short(identifier) || !short(serverToken)) return undefined;
      items.push({ kind, identifier, serverToken });
    }
  }
  return { items, token };
}

/** One question to the server: what it said, that there is no such thing, or that it could not be had. */
type Reply = { readonly body: Buffer } | "absent" | "failed";

/** Everything a device asks and tells over its check-in address for declarative management. */
export class DeclarativeDoor {
  private readonly state: DeviceState;
  private readonly client: MdmClient;

  constructor(state: DeviceState, client: MdmClient) {
    this.state = state;
    this.client = client;
  }

  async ask(endpoint: string, data?: Buffer): Promise<Reply> {
    const { state } = this;
    const delivery = await this.client.checkIn({
      MessageType: "DeclarativeManagement",
      Endpoint: endpoint,
      ...(data && { Data: data }),
    });
    if (delivery.outcome === "ok") return { body: delivery.body };
    if (delivery.outcome === "unenrolled") {
      state.record.unenrolled = true;
      state.note("unenrolled-by-server", { why: delivery.why });
      return "failed";
    }
    if (delivery.status === 404 && endpoint.startsWith("declaration/")) return "absent";
    state.note("server-unreachable", { why: delivery.why });
    return "failed";
  }

  /** What no server may answer; once in the record, however often it does. */
  breach(what: string): void {
    const { record, note } = this.state;
    if (!record.violations.includes(what)) record.violations.push(what);
    note("unreadable-reply", { why: what });
  }

  async tokens(): Promise<SyncToken | "failed"> {
    const reply = await this.ask("tokens");
    if (typeof reply === "string") return "failed";
    const token = readTokens(reply.body);
    if (token === undefined) this.breach("tokens: no TokensResponse");
    return token ?? "failed";
  }

  /**
   * The manifest, and every declaration that is new or has another server token. What is held already is kept; what the
   * server no longer has is left out.
   */
  async declarations(held: readonly Declaration[]): Promise<{ held: Declaration[]; token: string } | "failed"> {
    const reply = await this.ask("declaration-items");
    if (typeof reply === "string") return "failed";
    const manifest = readManifest(reply.body);
    if (manifest === undefined) {
      this.breach("declaration-items: no DeclarationItemsResponse");
      return "failed";
    }
    const next: Declaration[] = [];
    for (const item of manifest.items) {
      const same = held.find(({ kind, identifier }) => kind === item.kind && identifier === item.identifier);
      if (same?.serverToken === item.serverToken) {
        next.push(same);
        continue;
      }
      const fetched = await this.ask(`declaration/${item.kind}/${item.identifier}`);
      if (fetched === "failed") return "failed";
      if (fetched === "absent") this.state.note("declaration-absent", { identifier: item.identifier });
      else next.push(this.declaration(item, fetched.body));
    }
    return { held: next, token: manifest.token };
  }

  private declaration(item: Item, body: Buffer): Declaration {
    const json = readJson(body);
    const type = (json && textIn(json, "Type")) ?? "";
    const payload = json?.["Payload"];
    const serverToken = json && textIn(json, "ServerToken");
    const right = json !== undefined && this.isWhole(json, item, type);
    if (!right) this.breach(`declaration/${item.kind}/${item.identifier}: no such declaration in the answer`);
    // One that changed between manifest and fetch has another token already, and will be in the next manifest with it.
    if (right && serverToken !== item.serverToken) this.state.note("declaration-changed-meanwhile", { type });
    return {
      ...item,
      serverToken: (right && serverToken) || item.serverToken,
      type,
      payload: right && isJsonDict(payload) ? payload : undefined,
    };
  }

  private isWhole(json: JsonDict, item: Item, type: string): boolean {
    return (
      textIn(json, "Identifier") === item.identifier &&
      short(textIn(json, "ServerToken")) &&
      isJsonDict(json["Payload"]) &&
      type.startsWith(`com.apple.${item.kind}.`)
    );
  }
}
