import type { Clock } from "../clock.ts";
import type { PlistDict } from "../plist.ts";
import { data, text } from "../plist.ts";
import type { JsonDict } from "./json.ts";
import { readJson } from "./json.ts";

/** One declaration as a test gives it; the kind follows from its type. */
export interface Given {
  readonly type: string;
  readonly payload: JsonDict;
}

/** The declarative part of the tests' server: the same declarations for every device. */
export interface ScriptedDeclarations {
  /** Puts it in the manifest, or replaces what has this identifier. */
  set(identifier: string, given: Given): void;
  remove(identifier: string): void;
  /** In the manifest still, but answered with 404. */
  hide(identifier: string): void;
  /** Answers the next requests to this endpoint with this status. */
  fail(endpoint: string, status: number, times: number): void;
  /** The bytes for `Data` of the command. */
  tokens(): Buffer;
  /** All requests, by endpoint. */
  readonly asked: string[];
  /** All bodies of status reports that came, when they did, and whether they were taken. */
  readonly reports: { readonly json: JsonDict | undefined; readonly at: number; readonly status: number }[];
  /** Undefined when the message is not about declarations. */
  answer(message: PlistDict): { readonly status: number; readonly body: string } | undefined;
}

export function createScriptedDeclarations(clock: Clock): ScriptedDeclarations {
  const all = new Map<string, Given & { readonly serverToken: string; readonly hidden: boolean }>();
  const failures: { endpoint: string; status: number; left: number }[] = [];
  const asked: string[] = [];
  const reports: { json: JsonDict | undefined; at: number; status: number }[] = [];
  let version = 0;
  const kindOf = (type: string): string => type.split(".")[2] ?? "";

  const syncTokens = (): string =>
    JSON.stringify({
      SyncTokens: {
        Timestamp: new Date(clock.now()).toISOString().replace(/\.\d+Z$/, "Z"),
        DeclarationsToken: `set-${version}`,
      },
    });
  const items = (kind: string): JsonDict[] =>
    [...all]
      .filter(([, { type }]) => kindOf(type) === kind)
      .map(([Identifier, { serverToken }]) => ({ Identifier, ServerToken: serverToken }));
  const manifest = (): string =>
    JSON.stringify({
      Declarations: {
        Activations: items("activation"),
        Configurations: items("configuration"),
        Assets: items("asset"),
        Management: items("management"),
      },
      DeclarationsToken: `set-${version}`,
    });

  function take(endpoint: string, body: Buffer | undefined): { status: number; body: string } {
    const failure = failures.find((candidate) => candidate.endpoint === endpoint && candidate.left > 0);
    if (failure !== undefined) failure.left--;
    const status = failure?.status ?? 200;
    if (endpoint === "status") reports.push({ json: body && readJson(body), at: clock.now(), status });
    if (status !== 200) return { status, body: "" };
    if (endpoint === "tokens") return { status, body: syncTokens() };
    if (endpoint === "declaration-items") return { status, body: manifest() };
    if (endpoint === "status") return { status, body: "" };
    const [, kind = "", identifier = ""] = endpoint.split("/");
    const found = all.get(identifier);
    if (found === undefined || found.hidden || kindOf(found.type) !== kind) return { status: 404, body: "" };
    const { type, payload, serverToken } = found;
    return {
      status,
      body: JSON.stringify({ Type: type, Identifier: identifier, ServerToken: serverToken, Payload: payload }),
    };
  }

  return {
    asked,
    reports,
    set(identifier, given) {
      version++;
      all.set(identifier, { ...given, serverToken: `${identifier}-${version}`, hidden: false });
    },
    remove(identifier) {
      version++;
      all.delete(identifier);
    },
    hide(identifier) {
      const found = all.get(identifier);
      version++;
      if (found !== undefined) all.set(identifier, { ...found, serverToken: `hidden-${version}`, hidden: true });
    },
    fail: (endpoint, status, times) => void failures.push({ endpoint, status, left: times }),
    tokens: () => Buffer.from(syncTokens()),
    answer(message) {
      if (text(message, "MessageType") !== "DeclarativeManagement") return undefined;
      const endpoint = text(message, "Endpoint") ?? "";
      asked.push(endpoint);
      return take(endpoint, data(message, "Data"));
    },
  };
}
