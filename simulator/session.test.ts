import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Player, World } from "./scripted-server.suite.ts";
import { startWorld } from "./scripted-server.suite.ts";

const hour = 3_600_000;
const minute = 60_000;
const ask = { RequestType: "DeviceInformation", Queries: ["OSVersion"] };

describe("session of a simulated device", () => {
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.close());
  async function begin(options: Parameters<World["start"]>[1] = {}): Promise<Player> {
    const player = world.start("iphone-no-passcode", options);
    await player.happened("enrolled");
    return player;
  }
  const answersTo = (uuid: string) => world.reports.filter(({ report }) => report["CommandUUID"] === uuid);

  it.each([503, 500, 400, 404])(
    "keeps an answer that was met with %d, and says it before anything else",
    async (status) => {
      const player = await begin();
      let refusals = 0;
      world.intercept = (_, body) => (body?.["Status"] === "Acknowledged" && refusals++ < 3 ? { status } : undefined);
      const answer = await player.ask(ask);
      expect(refusals).toBe(4);
      const events = player.device.record().events.filter((event) => event.what === "server-unreachable");
      expect(events.map((event) => event["why"])).toEqual(Array(3).fill(`status ${status}`));
      const record = player.device.record();
      expect(record.commandsExecuted).toHaveLength(1);
      expect(answer).toMatchObject({ QueryResponses: { OSVersion: "26.5" } });
      expect(world.reports.filter(({ report }) => report["Status"] === "Idle")).toHaveLength(1);
      expect(record.unenrolled).toBe(false);
    },
  );

  it("tries ever less often while the server is away, whatever it has to say", async () => {
    const player = world.start("mac-apple-silicon");
    await player.happened("bootstrap-token-escrowed");
    // Its TokenUpdate after the restart comes before the poll, and both are due.
    player.send({ RequestType: "RestartDevice" });
    await world.clock.sleep(minute);
    await world.stopListening();
    await world.clock.sleep(12 * hour);
    const tries = player.device.record().events.filter(({ what }) => what === "server-unreachable");
    expect(tries.length).toBeGreaterThan(5);
    expect(tries.length).toBeLessThan(30);
    await world.listenAgain();
  });

  it("counts an answer as acknowledged only after a 2xx", async () => {
    const player = await begin();
    world.intercept = (_, body) => (body?.["Status"] === "Acknowledged" ? { status: 503 } : undefined);
    const uuid = player.send(ask);
    await player.happened("server-unreachable");
    expect(player.device.record()).toMatchObject({ commandsExecuted: [{ uuid }], answersAcknowledged: [] });
    world.intercept = undefined;
    await world.clock.sleep(hour);
    expect(player.device.record().answersAcknowledged).toMatchObject([{ uuid, status: "Acknowledged" }]);
  });

  it("continues when the server was killed and started again on the same port", async () => {
    const player = await begin();
    await player.ask(ask);
    await world.stopListening();
    const uuid = player.send(ask);
    await player.happened("server-unreachable");
    await world.listenAgain();
    await world.clock.sleep(2 * hour);
    expect(answersTo(uuid)).toHaveLength(1);
    expect(player.device.record().unenrolled).toBe(false);
  });

  it.each([
    ["a 401", { status: 401 }],
    ["a 403 that does not recognise it", { status: 403, body: '{"code":"com.apple.unrecognized.device"}' }],
  ])("takes %s for the end of its enrollment", async (_, reply) => {
    const player = await begin();
    world.intercept = () => reply;
    player.push();
    await player.happened("unenrolled-by-server");
    world.intercept = undefined;
    const before = world.reports.length;
    await world.clock.sleep(24 * hour);
    expect(player.device.record().unenrolled).toBe(true);
    expect(world.reports).toHaveLength(before);
  });

  it("takes a 403 with an empty body for trouble to wait out", async () => {
    const player = await begin();
    world.intercept = () => ({ status: 403 });
    player.push();
    await player.happened("server-unreachable");
    world.intercept = undefined;
    expect(await player.ask(ask)).toMatchObject({ Status: "Acknowledged" });
    expect(player.device.record().unenrolled).toBe(false);
  });

  it("polls without a push", async () => {
    const player = await begin();
    await world.clock.sleep(hour);
    const before = world.reports.length;
    await world.clock.sleep(24 * hour);
    expect(world.reports.length - before).toBeGreaterThanOrEqual(5);
    expect(world.reports.length - before).toBeLessThanOrEqual(7);
    expect(player.device.record().commandsExecuted).toEqual([]);
  });

  it("ignores a push with another magic", async () => {
    const player = await begin();
    await player.ask(ask);
    const update = world.checkIns.find((message) => message["MessageType"] === "TokenUpdate");
    if (update === undefined) throw new Error("no TokenUpdate");
    world.checkIns.push({ ...update, PushMagic: "another" });
    const before = world.reports.length;
    player.push();
    await player.happened("foreign-push");
    expect(world.reports).toHaveLength(before);
  });

  it("executes every command twice and reports both times when the path replays", async () => {
    const player = await begin({ faults: { deliverTwice: true } });
    const uuids = [player.send(ask), player.send({ RequestType: "SecurityInfo" })];
    await world.clock.sleep(hour);
    const record = player.device.record();
    for (const uuid of uuids) {
      expect(answersTo(uuid)).toHaveLength(2);
      expect(record.commandsExecuted.filter((command) => command.uuid === uuid)).toHaveLength(2);
      expect(record.answersAcknowledged.filter((answer) => answer.uuid === uuid)).toHaveLength(2);
    }
  });

  it("takes commands hours late when the path holds them", async () => {
    const player = await begin({ faults: { deliverLate: true } });
    const sent = world.clock.now();
    await player.ask(ask);
    const [command] = player.device.record().commandsExecuted;
    expect((command?.at ?? 0) - sent).toBeGreaterThanOrEqual(hour);
  });

  it("notes a command it cannot read and stays alive", async () => {
    const player = await begin();
    world.intercept = () => ({ status: 200, body: "<plist><dict><key>a</key></dict></plist>" });
    player.push();
    await player.happened("unreadable-command");
    world.intercept = undefined;
    expect(await player.ask(ask)).toMatchObject({ Status: "Acknowledged" });
  });

  it("answers CommandFormatError to a command without a request type", async () => {
    const player = await begin();
    expect(await player.ask({})).toMatchObject({ Status: "CommandFormatError" });
    expect(await player.ask({ RequestType: "DeviceInformation" })).toMatchObject({ Status: "CommandFormatError" });
  });
});
