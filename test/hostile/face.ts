/**
 * The MDM endpoint as hostile requests meet it: the real server, a device that lies, one whose name it misuses, and one that
 * only wants to be answered. After every request all that must hold is looked at.
 */
import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import tls from "node:tls";
import fc from "fast-check";
import { readPlist } from "../../simulator/index.ts";
import { rsaKey } from "../../src/identity/authority.suite.ts";
import { makeCsr, makePkiOperation, makeTemporary } from "../../src/identity/scep/forge-client.suite.ts";
import { realClock } from "../../src/main/clock.ts";
import { commandBytes, rawCommand } from "../support/admin.ts";
import type { TestDatabase } from "../support/database.ts";
import { detachedSignature, enrolDevice, newProfile } from "../support/device.ts";
import { withoutClass } from "../support/memory.ts";
import { START, startUptick, type Uptick } from "../support/uptick.ts";
import { type Cast, faceCase, type FaceCase, type Proof, requestOf } from "./face-cases.ts";
import type { FuzzOptions, FuzzResult } from "./fuzz.ts";
import { SECRET } from "./messages.ts";
import { Broken } from "./readers.ts";

/** What a device or whoever else may be told; 401 is not in it, nor is any fault of ours. */
const ALLOWED = new Set([100, 200, 400, 403, 404, 405, 408, 410, 411, 413, 414, 415, 417, 431]);
/** Real ms after which a request that was not answered gets no more; and after which the server is taken for stuck. */
const PATIENCE = { end: 1500, stuck: 30_000 };

export interface FaceStage {
  /** One request. @throws Broken when something is wrong after it */
  play(one: FaceCase): Promise<void>;
  /** How often each status has been said. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Looks once more at all that must hold, and ends the server. */
  close(): Promise<void>;
}

export async function startFace(): Promise<FaceStage> {
  const begun = Date.now();
  const uptick = await startUptick({
    flags: { "trusted-proxies": "127.0.0.0/8,::1" },
    // Time stands nearly still, so that nothing changes but by what is said.
    clock: (believed) => realClock(() => START + Math.floor((believed() - begun) / 1000)),
  });
  const profile = await newProfile(uptick, 10_000);
  const options = { profile, proof: "rfc-9440" } as const;
  const [bystander, good] = [await enrolDevice(uptick, options), await enrolDevice(uptick, options)];
  let liar = await enrolDevice(uptick, options);
  const escrow = Buffer.from("a-bootstrap-token-of-somebody-else-0123456789");
  await bystander.checkIn({ MessageType: "SetBootstrapToken", BootstrapToken: escrow });
  for (const uuid of ["BY-1", "BY-2"])
    await rawCommand(uptick, bystander.udid, commandBytes(uuid, { RequestType: "ProfileList" }));
  if ((await bystander.poll()).command?.uuid !== "BY-1") throw new Error("the bystander has no command");

  const challenge = profile.scep.challenge ?? "";
  const operations = operationsFor(uptick, challenge);
  const strange = makeTemporary(rsaKey().privateKey);
  const secrets = [bystander.secrets, good.secrets].flatMap(({ token, magic, unlock }) => [
    ...formsOf(token),
    ...formsOf(Buffer.from(magic)),
    ...formsOf(unlock),
  ]);
  const neverSaid = [...secrets, ...formsOf(escrow), ...formsOf(Buffer.from(challenge))];
  const neverLogged = [...neverSaid, ...formsOf(Buffer.from(SECRET))];

  const database = uptick.backend.look();
  const [theirs, goods] = [rowsOf(database, bystander.udid), rowsOf(database, good.udid)];
  const statuses = new Map<number, number>();
  const rejections: unknown[] = [];
  const note = (reason: unknown): void => void rejections.push(reason);
  process.on("unhandledRejection", note);
  let session: Buffer | undefined;
  let lines = uptick.log.length;
  let commands = 0;

  /** The liar is enrolled and has a command to answer, whatever it has done before. */
  async function ready(): Promise<string> {
    const [row] = database.prepare("SELECT state FROM enrollment WHERE apple_id = ?").all(liar.udid);
    if (row?.["state"] !== "enrolled") {
      const replies = [await liar.authenticate(), await liar.tokenUpdate()];
      if (replies.some(({ status }) => status !== 200)) {
        liar.close();
        liar = await enrolDevice(uptick, options);
      }
    }
    const first = await liar.poll();
    if (first.command !== undefined) return first.command.uuid;
    await rawCommand(uptick, liar.udid, commandBytes(`F-${(commands += 1)}`, { RequestType: "ProfileList" }));
    const { status, command } = await liar.poll();
    if (command === undefined) throw new Broken(`a command was queued, and its device is answered ${status}`);
    return command.uuid;
  }

  function prove(proof: Proof, body: Buffer): (readonly [string, string])[] {
    const { certificate = "", key = "" } = liar.identity ?? {};
    const header = (der: Uint8Array): [string, string] => ["Client-Cert", `:${Buffer.from(der).toString("base64")}:`];
    const own = (): [string, string] => header(new X509Certificate(certificate).raw);
    switch (proof) {
      case "rfc-9440":
        return [own()];
      case "escaped-pem":
        return [["Client-Cert", encodeURIComponent(certificate)]];
      case "signature":
        return [["Mdm-Signature", detachedSignature(body, certificate, key)]];
      case "none":
        return [];
      case "stranger":
        return [header(strange)];
      case "twice":
        return [own(), own()];
    }
  }

  /** What came back until the connection was closed. */
  function say(bytes: Buffer, ends: boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      const ca = [...profile.roots];
      const resumed = session === undefined ? {} : { session };
      const socket = tls.connect({
        host: "127.0.0.1",
        servername: "localhost",
        port: uptick.devicePort,
        ca,
        ...resumed,
      });
      const parts: Buffer[] = [];
      const end = setTimeout(() => socket.end(), ends ? PATIENCE.end / 10 : PATIENCE.end);
      const stuck = setTimeout(
        () => socket.destroy(new Broken("a request is never answered nor closed")),
        PATIENCE.stuck,
      );
      socket.on("session", (ticket: Buffer) => (session = ticket));
      socket.on("secureConnect", () => socket.write(bytes));
      socket.on("data", (part: Buffer) => parts.push(part));
      socket.on("error", (error) => void (error instanceof Broken && reject(error)));
      socket.on("close", () => {
        clearTimeout(end);
        clearTimeout(stuck);
        resolve(Buffer.concat(parts).toString("latin1"));
      });
    });
  }

  function judgeReply(heard: string): void {
    for (const { status, body } of repliesIn(heard)) {
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (!ALLOWED.has(status)) throw new Broken(`it was answered ${status}: ${heard.slice(0, 400)}`);
      if (status === 403 && body !== "") throw new Broken(`a 403 says something: ${heard.slice(0, 400)}`);
    }
    if (/unrecognized.?device/i.test(heard)) throw new Broken("a device was told that it is not recognized");
    if (neverSaid.some((secret) => heard.includes(secret))) throw new Broken("a secret was told to a stranger");
  }

  async function judgeServer(): Promise<void> {
    const poll = await good.poll();
    if (poll.status !== 200 || poll.body.length > 0) throw new Broken(`a good device is answered ${poll.status}`);
    const logged = uptick.log.slice(lines).map((line) => JSON.stringify(line));
    lines = uptick.log.length;
    const leak = logged.find((line) => neverLogged.some((secret) => line.includes(secret)));
    if (leak !== undefined) throw new Broken(`a secret is in the log: ${leak.slice(0, 400)}`);
    const errors = uptick.takeErrors();
    if (errors.length > 0) throw new Broken(`it was logged as our fault: ${JSON.stringify(errors[0])}`);
    if (rejections.length > 0) throw new Broken("a rejection nobody handles", { cause: rejections.splice(0)[0] });
    if (rowsOf(database, bystander.udid) !== theirs || rowsOf(database, good.udid) !== goods)
      throw new Broken("something changed for a device that had said nothing");
  }

  return {
    statuses,
    async play(one) {
      const cast: Cast = { own: liar.udid, other: bystander.udid, command: await ready(), prove, operations };
      const { bytes, ends } = requestOf(one, { ...cast, own: liar.udid });
      judgeReply(await say(bytes, ends));
      await judgeServer();
    },
    async close() {
      process.off("unhandledRejection", note);
      try {
        await judgeServer();
        // The bystander goes on where it was, as if nothing had been.
        const { command } = await bystander.poll("Acknowledged", { CommandUUID: "BY-1", ProfileList: [] });
        if (command?.uuid !== "BY-2") throw new Broken("the bystander's commands are gone");
        const told = readPlist((await bystander.checkIn({ MessageType: "GetBootstrapToken" })).body);
        if (!escrow.equals(Buffer.from(told["BootstrapToken"] as Uint8Array))) throw new Broken("its token is another");
        const kept = ["uptick.sqlite", "uptick.sqlite-wal"].map((name) => readFileSync(join(uptick.directory, name)));
        if (neverSaid.some((secret) => kept.some((bytes) => bytes.includes(Buffer.from(secret, "latin1")))))
          throw new Broken("a secret lies in clear in the database");
      } finally {
        database.close();
        await uptick.close();
      }
    },
  };
}

/** Cases at the face until they are done, the time is over or one is broken. */
export async function fuzzFace(stage: FaceStage, { runs, seed, ms }: FuzzOptions): Promise<FuzzResult> {
  const limit = ms === undefined ? {} : { interruptAfterTimeLimit: ms, markInterruptAsFailure: false };
  const details = await fc.check(
    fc.asyncProperty(faceCase, (one) => stage.play(one)),
    { numRuns: runs, seed, ...limit },
  );
  const found = details.counterexample?.[0];
  if (found === undefined) return { runs: details.numRuns, seed, failure: undefined };
  const words = details.errorInstance instanceof Error ? (details.errorInstance.stack ?? "") : "";
  const failure = [
    `MDM endpoint: ${words}`,
    `case: ${JSON.stringify(found)}`,
    `again: npm run fuzz -- --seed ${seed} --runs ${runs} --only "MDM endpoint"`,
    "Add the case to test/fixtures/hostile.ts, with words on what it broke.",
  ];
  return { runs: details.numRuns, seed, failure: failure.join("\n") };
}

/** Requests for a certificate, all good: with the profile's challenge, with another, and one that was cut in pieces. */
function operationsFor(uptick: Uptick, challenge: string): Buffer[] {
  const { privateKey: key } = rsaKey();
  const recipient = new X509Certificate(uptick.server.caPem).raw;
  const certificate = makeTemporary(key);
  const operation = (said: string | undefined, more: object = {}): Buffer =>
    makePkiOperation({ csr: makeCsr(key, said), certificate, key, recipient, ...more });
  return [
    operation(challenge),
    operation("a guess"),
    operation(undefined),
    operation(challenge, { indefinite: true, digest: "sha1" }),
  ];
}

/** As it could be written somewhere. */
const formsOf = (secret: Buffer): string[] =>
  secret.length === 0 ? [] : [secret.toString("latin1"), secret.toString("base64"), secret.toString("hex")];

/** All that is known of a device, as one text; but for when it was heard and what pushes say. */
function rowsOf(database: TestDatabase, udid: string): string {
  const [enrollment] = database.prepare("SELECT * FROM enrollment WHERE apple_id = ?").all(udid);
  // Pushes go out whenever they can, and are counted in these.
  const {
    last_seen_at: _seen,
    lease_until: _lease,
    pushes_accepted: _accepted,
    push_trouble: _trouble,
    ...known
  } = enrollment ?? {};
  const id = enrollment?.["id"];
  const of = (table: string, column = "enrollment_id", more = ""): unknown =>
    database.prepare(`SELECT * FROM ${table} WHERE ${column} = ?${more}`).all(id);
  const rows = [
    withoutClass(known),
    ...["command", "closed_command", "job", "certificate"].map((table) => of(table)),
    of("secret", "owner"),
    of("timeline", "enrollment_id", " AND kind NOT LIKE 'push-%'"),
    of("renewal"),
  ];
  return createHash("sha256").update(JSON.stringify(rows)).digest("hex");
}

/** Every reply in what was heard on a connection. */
function repliesIn(heard: string): { status: number; body: string }[] {
  const replies: { status: number; body: string }[] = [];
  let rest = heard;
  for (;;) {
    const head = /^HTTP\/1\.[01] (\d{3})[^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/.exec(rest);
    if (head === null) break;
    const length = Number(/^content-length: *(\d+)/im.exec(head[2] ?? "")?.[1] ?? 0);
    // What Node itself refuses has no length and nothing in it.
    const body = rest.slice(head[0].length).replace(/^0\r\n\r\n/, "");
    // Told to HEAD, a length is of what GET would say.
    const takes = body.startsWith("HTTP/1.") ? 0 : length;
    replies.push({ status: Number(head[1]), body: body.slice(0, takes) });
    rest = body.slice(takes);
  }
  if (rest !== "") throw new Broken(`it was answered with what is no reply: ${rest.slice(0, 200)}`);
  return replies;
}
