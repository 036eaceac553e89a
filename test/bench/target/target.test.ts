/** The bench as it is called, against our own server and against one that is nothing like it. */
import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isDict, type PlistDict, readPlist, text } from "../../../simulator/index.ts";
import { aimsServer } from "../aims/server.ts";
import { writeIdentities } from "./identities.ts";
import { AUTH_VARIABLE, readOptions } from "./options.ts";

const RUN = fileURLToPath(new URL("../run.js", import.meta.url));
const SMALL = ["--connections", "2,3", "--devices", "3", "--laps", "1", "--idles", "5", "--rounds", "1"];
/** Laps with both numbers of connections, those for warming up among them; in each, Idles and one round of each device. */
const ALL = { laps: 2 * (1 + 1), devices: 3, idles: 1 + 5, answers: 2 };
/** Requests that are measured: of three devices in one lap. */
const MEASURED = { "Idle 2": 15, "rounds 2": 9, "Idle 3": 15, "rounds 3": 9 };

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function bench(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Said> {
  return new Promise((resolve) => {
    execFile(process.execPath, [RUN, ...args], { env: { ...process.env, ...env } }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

/** The number of requests in each line of the table, by what it measures. */
function requestsOf(out: string): Record<string, number> {
  const lines = [...out.matchAll(/^(Idle|rounds), (\d+), \S+ +(\d+) +\d+ +[\d.]+ +[\d.]+ +(?:\d+|–)$/gm)];
  return Object.fromEntries(lines.map(([, what, count, requests]) => [`${what} ${count}`, Number(requests)]));
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "uptick-target-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("bench --target", () => {
  describe("two servers", () => {
    it("two Upticks with the same devices are measured in one run, and both have done all of it; then one alone", async () => {
      const identities = join(folder, "identities");
      const made = await bench(["--make-identities", identities, "--count", "3"]);
      expect(made).toMatchObject({ code: 0, err: "" });
      expect(readdirSync(identities)).toEqual(["ca.pem", "device-0001.pem", "device-0002.pem", "device-0003.pem"]);
      expect(() => writeIdentities(identities, { ca: "", certificates: [] })).toThrow("is not empty");
      const [a, b] = await Promise.all([uptickOf(identities), uptickOf(identities)]);
      try {
        const common = ["--client-cert-header", "Client-Cert", "--identities", identities, ...SMALL];
        const each = [a, b].flatMap(({ own, args, authorization }) => {
          const secret = join(own, "secret");
          writeFileSync(secret, `${authorization}\n`);
          return [...args, "--enqueue-auth-file", secret];
        });
        const { out, ...rest } = await bench([...common, ...each]);
        expect(rest).toEqual({ code: 0, err: "" });
        expect(out).not.toContain("WRONG");
        expect(out).toMatch(/\nOther processes used \d+\.\d\d cores meanwhile\.\n$/);
        for (const { host } of [a, b]) {
          const its = out.split("\n").filter((line) => line.includes(host));
          expect(requestsOf(its.join("\n"))).toEqual(MEASURED);
          expect(its.at(-1)).toMatch(/^memory of .*: \d+ MiB, at its highest \d+ MiB, 2 processes summed up$/);
        }
        // Its devices are known now.
        const alone = await bench([...common, ...a.args], { [AUTH_VARIABLE]: a.authorization });
        expect([alone.code, requestsOf(alone.out)]).toEqual([0, MEASURED]);
      } finally {
        for (const { server } of [a, b]) await server.stop();
      }
      const answered = ALL.laps * ALL.devices * ALL.answers;
      expect([a, b].map(answeredIn)).toEqual([2 * answered, answered]);
    });

    /** In a process, with a folder for itself. */
    async function uptickOf(identities: string) {
      const own = mkdtempSync(join(folder, "uptick-"));
      const server = await aimsServer(own, readFileSync(join(identities, "ca.pem"), "utf8"));
      await server.start(join(own, "data"));
      const { target, enqueue, authorization = "" } = server.side();
      const door = ["--enqueue", `PUT http://${enqueue?.host}${enqueue?.path}`];
      // As if this process worked for it too.
      const args = ["--target", `https://${target.host}`, ...door, "--pid", `${server.pid},${process.pid}`];
      return { own, server, args, authorization, host: target.host };
    }

    function answeredIn({ own }: { own: string }): unknown {
      const db = new DatabaseSync(join(own, "data", "uptick.sqlite"), { readOnly: true });
      const sql = "SELECT count(*) AS n FROM closed_command WHERE outcome = 'Acknowledged' AND origin = 'raw'";
      const { n } = db.prepare(sql).get() as { n: number };
      db.close();
      return n;
    }

    it("take turns, and each begins every second lap", async () => {
      const turns: string[] = [];
      const [a, b] = [await otherServer(() => void turns.push("a")), await otherServer(() => void turns.push("b"))];
      try {
        const targets = [a, b].flatMap(({ port }) => ["--target", `http://127.0.0.1:${port}`]);
        const few = ["--connections", "1", "--devices", "1", "--laps", "2", "--idles", "2"];
        const said = await bench(["--client-cert-header", "X-Client-Cert", ...few, ...targets]);
        expect(said).toMatchObject({ code: 0, err: "" });
        const changes = turns.filter((turn, n) => turn !== turns[n - 1]).join("");
        // Enrollment and the lap for warming up: ab ab; then ba and ab.
        expect(changes).toBe("ababab");
      } finally {
        await a.close();
        await b.close();
      }
    });
  });

  describe("a server that answers in chunks, hangs up now and then, and wants a password", () => {
    let other: OtherServer;
    beforeEach(async () => {
      other = await otherServer();
    });
    afterEach(() => other.close());
    const secret = () => {
      const file = join(folder, "secret");
      writeFileSync(file, "api:s3cret:with-colon\n");
      return ["--enqueue-auth-file", file];
    };
    const target = () => ["--target", `http://127.0.0.1:${other.port}`, "--client-cert-header", "X-Client-Cert"];
    const paths = ["--mdm-path", "/connect?a=1", "--checkin-path", "/checkin"];

    it("is driven with certificates of a CA of the bench's own, as escaped PEM", async () => {
      const enqueue = ["--enqueue", `POST http://127.0.0.1:${other.port}/queue/{id}?quiet=1`];
      const { out, ...rest } = await bench([...target(), ...paths, ...enqueue, ...secret(), ...SMALL]);
      expect(rest).toEqual({ code: 0, err: "" });
      expect(requestsOf(out)).toEqual(MEASURED);
      const { seen } = other;
      const kinds = (path: string, key: string) =>
        seen.filter((one) => one.path === path).map((one) => text(one.message, key) ?? "");
      expect(kinds("/checkin", "MessageType").toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
        ...Array<string>(3).fill("Authenticate"),
        ...Array<string>(3).fill("TokenUpdate"),
      ]);
      const reports = kinds("/connect?a=1", "Status");
      const { laps, devices, idles, answers } = ALL;
      expect(reports.filter((status) => status === "Acknowledged")).toHaveLength(laps * devices * answers);
      // One more of each device, which empties its queue after the enrollment.
      expect(reports.filter((status) => status === "Idle")).toHaveLength(devices + laps * devices * (idles + 1));
      // One certificate speaks for one device.
      expect(new Set(seen.map(({ udid, print }) => `${udid} ${print}`)).size).toBe(3);
      expect(other.authorizations).toEqual(new Set([`Basic ${btoa("api:s3cret:with-colon")}`]));
      const answer = seen.find(({ message }) => message["Status"] === "Acknowledged")?.message;
      expect(answer).toMatchObject({ QueryResponses: { OSVersion: "26.5", UDID: answer?.["UDID"] } });
      expect(Object.keys(answer?.["QueryResponses"] ?? {})).toHaveLength(18);
      expect(other.outstanding()).toBe(0);
    });

    it("is reported as failed, with the commands that it never delivers", async () => {
      other.lose = true;
      const enqueue = ["--enqueue", `PUT http://127.0.0.1:${other.port}/queue/{id}`];
      const { out } = await bench([...target(), ...paths, ...enqueue, ...secret(), ...SMALL]);
      expect(out).toMatch(/^rounds, 2, .* {2}WRONG: 6 × commands that never came$/m);
    });

    it("is told by the answers that are wrong; but not driven where no device can enroll", async () => {
      other.goodIdles = 3;
      const wrong = await bench([...target(), ...paths, ...SMALL]);
      expect(wrong.out).toMatch(/^Idle, 2, .* {2}WRONG: 15 × answered 500$/m);
      other.goodIdles = 0;
      const failed = await bench([...target(), ...paths, ...SMALL]);
      expect([failed.code, failed.err]).toEqual([1, "Idle was answered 500.\n"]);
    });

    it("refuses a password that is wrong or missing, and the bench says what it was told", async () => {
      const enqueue = ["--enqueue", `PUT http://127.0.0.1:${other.port}/queue/{id}`];
      const { code, err } = await bench([...target(), ...paths, ...enqueue, ...SMALL]);
      expect([code, err]).toEqual([1, "--enqueue was answered 401 who are you.\n"]);
    });
  });

  it("says in one line that nothing listens at the address", async () => {
    const { port, close } = await otherServer();
    await close();
    const args = ["--target", `http://127.0.0.1:${port}`, "--client-cert-header", "X-Client-Cert", ...SMALL];
    expect(await bench(args)).toEqual({ code: 1, out: "", err: `connect ECONNREFUSED 127.0.0.1:${port}\n` });
  });
});

describe("options of --target", () => {
  const header = ["--client-cert-header", "Client-Cert"];
  const at = (target: string, ...more: string[]) => readOptions(["--target", target, ...header, ...more], {}).sides[0];
  const queue = "PUT http://127.0.0.1:1/{id}";

  it.each(["http://127.0.0.1:9000", "https://localhost:8443", "http://[::1]:9000", "http://127.9.8.7"])(
    "takes %s, which is this machine",
    (url) => expect(at(url)?.target.path).toBe("/"),
  );

  it.each([
    ["http://mdm.example.org", "only this machine is driven"],
    ["http://192.0.2.1:9000", "only this machine is driven"],
    ["http://localhost.example.org", "only this machine is driven"],
    ["http://[2001:db8::1]", "only this machine is driven"],
    ["http://0.0.0.0:9000", "only this machine is driven"],
    ["ftp://127.0.0.1", "http or https"],
    ["127.0.0.1:9000", "URL"],
    ["http://127.0.0.1:9000/mdm", "without a path"],
    ["http://user:secret@127.0.0.1", "--enqueue-auth-file"],
  ])("refuses %s", (url, why) => expect(() => at(url)).toThrow(why));

  it.each([
    [["--enqueue", "PUT http://mdm.example.org/{id}"], "only this machine is driven"],
    [["--enqueue", "PUT http://127.0.0.1/v1/enqueue"], "{id}"],
    [["--enqueue", "DELETE http://127.0.0.1/{id}"], "--enqueue is a method"],
    [["--enqueue-auth", "user:password"], "Unknown option"],
    [["--connections", "0"], "1 to 1024"],
    [["--connections", "64,5000"], "1 to 1024"],
    [["--connections", "64", "--devices", "63"], "as many devices"],
    [["--facts", "19"], "1 to 18"],
    [["--pid", "1,x"], "1 to "],
    [["--idles", "100000"], "1 to 1000"],
    [["--rounds", "1e9"], "1 to 100"],
    [["--minutes", "61"], "1 to 60"],
    [["--mdm-path", "mdm"], "path"],
    [["--mdm-path", "/mdm\r\nX: y"], "path"],
    [["--client-cert-header", "a: b"], "--client-cert-header"],
    [["--client-cert-form", "base64"], "rfc9440 or escaped-pem"],
    [["--enqueue", queue, "--enqueue-auth-file", "/nowhere/at/all"], "can't be read"],
  ])("refuses %j", (more, why) => expect(() => at("http://127.0.0.1", ...more)).toThrow(why));

  it("takes RFC 9440 for Client-Cert, an escaped PEM for any other header, and what it is told", () => {
    const formOf = (...more: string[]) => readOptions(["--target", "http://127.0.0.1", ...more], {}).sides[0]?.form;
    expect(formOf(...header)).toBe("rfc9440");
    expect(formOf("--client-cert-header", "X-Other")).toBe("escaped-pem");
    expect(formOf("--client-cert-header", "X-Other", "--client-cert-form", "rfc9440")).toBe("rfc9440");
  });
});

interface OtherServer {
  readonly port: number;
  readonly seen: {
    readonly path: string;
    readonly udid: string;
    readonly print: string;
    readonly message: PlistDict;
  }[];
  readonly authorizations: Set<string>;
  /** Takes commands and forgets them. */
  lose: boolean;
  /** After so many it answers 500. */
  goodIdles: number;
  outstanding(): number;
  close(): Promise<void>;
}

/** An MDM server of few lines: a queue for each device, whose first command is handed out until it is answered. */
async function otherServer(onReport = () => {}): Promise<OtherServer> {
  const queues = new Map<string, string[]>();
  let requests = 0;
  const answer = (request: IncomingMessage, response: ServerResponse, body: Buffer): void => {
    const path = request.url ?? "";
    requests += 1;
    if (requests % 7 === 0) response.setHeader("connection", "close");
    const id = /^\/queue\/([^?]+)/.exec(path)?.[1];
    if (id !== undefined) {
      const { authorization } = request.headers;
      if (authorization === undefined) return void response.writeHead(401).end("who are you");
      other.authorizations.add(authorization);
      if (!other.lose) queues.set(id, [...(queues.get(id) ?? []), body.toString()]);
      return void response.writeHead(201).end("{}");
    }
    const message = readPlist(body);
    if (!isDict(message)) return void response.writeHead(400).end();
    const udid = text(message, "UDID") ?? "";
    const { fingerprint256: print } = new X509Certificate(decodeURIComponent(String(request.headers["x-client-cert"])));
    other.seen.push({ path, udid, print, message });
    onReport();
    if (path === "/checkin" || "MessageType" in message) return void response.end();
    if (message["Status"] === "Idle" && (other.goodIdles -= 1) < 0) return void response.writeHead(500).end();
    const queue = queues.get(udid) ?? [];
    if (message["Status"] === "Acknowledged") queue.shift();
    // In two parts, cut within the CommandUUID: without a length.
    const [command = ""] = queue;
    const cut = command.indexOf("<string>") + 12;
    for (const half of [command.slice(0, cut), command.slice(cut)]) if (command !== "") response.write(half);
    response.end();
  };
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => answer(request, response, Buffer.concat(parts)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const other: OtherServer = {
    port: (server.address() as AddressInfo).port,
    seen: [],
    authorizations: new Set(),
    lose: false,
    goodIdles: Number.POSITIVE_INFINITY,
    outstanding: () => [...queues.values()].flat().length,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return other;
}
