/**
 * A device that the server has never met the like of: a TLS client, plain text, and what a script lets it say. It shares no
 * code with the simulator, nor with the devices of the other tests.
 */
import { randomUUID } from "node:crypto";
import https from "node:https";
import type { Pair } from "./identities.ts";
import { data, type Dict, plist, textOf } from "./plist.ts";

const CHECKIN = "application/x-apple-aspen-mdm-checkin";
const REPORT = "application/x-apple-aspen-mdm";
export const TOPIC = "com.apple.mgmt.External.test";

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** What it says to a command of a kind: keys of its answer; undefined: the session ends there. A kind that is not named: an error. */
export type Says = Readonly<Record<string, Dict | ((command: string) => Dict) | undefined>>;

export interface StrangerOptions {
  readonly port: number;
  readonly caPem: string;
  /** Absent: it shows none in the handshake. */
  readonly identity?: Pair;
  readonly headers?: Readonly<Record<string, string>>;
  /** The address that it calls from. */
  readonly from?: string;
  /** It sends no Content-Type. */
  readonly untyped?: boolean;
}

const MOST = 30;

interface Listed {
  readonly Identifier: string;
  readonly ServerToken: string;
}
interface Declaration extends Listed {
  readonly Type: string;
  readonly Payload: Readonly<Record<string, unknown>>;
}
export interface Held extends Declaration {
  readonly kind: string;
}

const ENFORCEMENT = "com.apple.configuration.softwareupdate.enforcement.specific";

export class Stranger {
  readonly udid = randomUUID().toUpperCase();
  readonly serial = `X${this.udid.slice(0, 9).replace("-", "")}`;
  readonly token = Buffer.from(randomUUID());
  /** Its answer to DeviceInformation. */
  facts: Dict = {};
  held: readonly Held[] = [];
  readonly #options: StrangerOptions;
  readonly #agent: https.Agent;

  constructor(options: StrangerOptions) {
    this.#options = options;
    this.#agent = new https.Agent({ ca: options.caPem, ...options.identity, keepAlive: true, maxSockets: 1 });
  }

  close(): void {
    this.#agent.destroy();
  }

  put(body: string, type: string): Promise<Answer> {
    const { port, headers, from, untyped } = this.#options;
    return new Promise((resolve, reject) => {
      const request = https.request({
        ...{ host: "127.0.0.1", port, servername: "localhost", path: "/mdm", method: "PUT", agent: this.#agent },
        headers: { ...headers, ...(untyped === true ? {} : { "Content-Type": type }) },
        ...(from === undefined ? {} : { localAddress: from }),
      });
      request.on("error", reject);
      request.on("response", (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString("utf8") }),
        );
      });
      request.end(body);
    });
  }

  checkIn(message: Dict): Promise<Answer> {
    return this.put(plist({ Topic: TOPIC, UDID: this.udid, ...message }), CHECKIN);
  }

  report(message: Dict): Promise<Answer> {
    return this.put(plist({ UDID: this.udid, ...message }), REPORT);
  }

  /** Authenticate and TokenUpdate; whatever is not accepted is thrown. */
  async enrol(facts: Dict, authenticate: Dict = {}): Promise<void> {
    this.facts = facts;
    const { OSVersion = "26.5", BuildVersion = "23F77", ProductName = "iPhone15,2" } = facts;
    const about = { SerialNumber: this.serial, OSVersion, BuildVersion, ProductName, ...authenticate };
    const answers = [
      await this.checkIn({ MessageType: "Authenticate", ...about }),
      await this.checkIn({ MessageType: "TokenUpdate", Token: data(this.token), PushMagic: randomUUID() }),
    ];
    const statuses = answers.map(({ status }) => status).join(" ");
    if (statuses !== "200 200") throw new Error(`the enrollment was answered ${statuses}`);
  }

  /** Idle, then an answer to each command, until none is left; the commands as text. */
  async talk(says: Says = {}): Promise<string[]> {
    const heard: string[] = [];
    const known: Says = {
      DeviceInformation: { QueryResponses: this.facts },
      SecurityInfo: { SecurityInfo: {} },
      ...says,
    };
    let reply = await this.report({ Status: "Idle" });
    while (reply.text.includes("<key>Command</key>")) {
      if (heard.push(reply.text) > MOST) throw new Error("a session without end");
      const type = textOf(reply.text, "RequestType") ?? "";
      const say = Object.hasOwn(known, type) ? known[type] : { Status: "Error" };
      const keys = typeof say === "function" ? say(reply.text) : say;
      if (keys === undefined) break;
      reply = await this.report({
        Status: "Acknowledged",
        CommandUUID: textOf(reply.text, "CommandUUID") ?? "",
        ...keys,
      });
    }
    if (reply.status !== 200) throw new Error(`a session was answered ${reply.status}`);
    return heard;
  }

  declarative(endpoint: string, json?: unknown): Promise<Answer> {
    const body = json === undefined ? {} : { Data: data(Buffer.from(JSON.stringify(json))) };
    return this.checkIn({ MessageType: "DeclarativeManagement", Endpoint: endpoint, ...body });
  }

  /** What the status says, by nested objects. */
  async status(StatusItems: unknown, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const { status } = await this.declarative("status", { StatusItems, Errors: [], ...more });
    if (status !== 200) throw new Error(`a status report was answered ${status}`);
  }

  /** Fetches the list and all that is in it. */
  async sync(): Promise<void> {
    await this.declarative("tokens");
    const list = JSON.parse((await this.declarative("declaration-items")).text) as {
      readonly Declarations: Readonly<Record<string, readonly Listed[]>>;
    };
    const held: Held[] = [];
    for (const [plural, items] of Object.entries(list.Declarations)) {
      const kind = plural === "Management" ? "management" : plural.toLowerCase().slice(0, -1);
      for (const { Identifier } of items) {
        const { status, text } = await this.declarative(`declaration/${kind}/${Identifier}`);
        if (status === 200) held.push({ ...(JSON.parse(text) as Declaration), kind });
      }
    }
    this.held = held;
  }

  /** The enforcement it holds. */
  get update(): Held {
    const found = this.held.find(({ Type }) => Type === ENFORCEMENT);
    if (found === undefined) throw new Error("it holds no enforcement");
    return found;
  }

  /** `management.declarations`: all in force, but the enforcement as `update` says. */
  declarations(update: object = { active: true, valid: "valid" }): unknown {
    const configurations = this.held
      .filter(({ kind }) => kind === "configuration")
      .map(({ Identifier: identifier, ServerToken, Type }) => {
        const stands = Type === ENFORCEMENT ? update : { active: true, valid: "valid" };
        return { identifier, "server-token": ServerToken, ...stands };
      });
    return { activations: [], assets: [], configurations, management: [] };
  }
}

/** What an OS says that takes the enforcement, with the keys that it can't do without. */
export const CAPABILITIES = {
  "supported-payloads": {
    declarations: { activations: ["com.apple.activation.simple"], configurations: [ENFORCEMENT] },
    "status-items": ["softwareupdate.install-state", "device.operating-system.version"],
  },
};
