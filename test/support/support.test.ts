/** The harness itself: a check that finds nothing would be worth nothing. */
import { existsSync, readFileSync } from "node:fs";
import { execFileSync, spawn } from "node:child_process";
import { connect, createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { isForPrograms } from "./memory-disk.ts";
import { enrolDevice, leaksSince, openHandles, SOON, START, startUptick } from "./index.ts";

describe("leak check", () => {
  it("names a server that was left open, and nothing once it is closed", async () => {
    const before = openHandles();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    expect(await leaksSince(before, 50)).toEqual(["1 TCPServerWrap"]);
    server.close();
    expect(await leaksSince(before)).toEqual([]);
  });
});

describe("a disk in memory", () => {
  it.each([
    ["tmpfs /dev/shm tmpfs rw,nosuid,nodev 0 0", true],
    ["shm /dev/shm tmpfs rw,nosuid,nodev,noexec,size=65536k 0 0", false],
    ["tmpfs /tmp tmpfs rw 0 0", false],
    ["tmpfs /dev/shm tmpfs rw 0 0\nshm /dev/shm tmpfs rw,noexec 0 0", false],
  ])("%s: for programs, too: %s", (mounts, expected) => {
    expect(isForPrograms(mounts)).toBe(expected);
  });
});

const PROGRAM = `
  const { startPostgres } = await import(${JSON.stringify(new URL("./postgres.ts", import.meta.url).href)});
  const postgres = await startPostgres("package");
  console.log(await postgres.database());
  setInterval(() => undefined, 1000);`;

describe("startPostgres", () => {
  it("starts the package's PostgreSQL, which ends with the process that started it, even one that is killed", async () => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", PROGRAM], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const line = await new Promise<Buffer>((resolve, reject) => {
      child.stdout.once("data", resolve);
      child.once("exit", () => reject(new Error("it ended")));
    });
    const { port } = new URL(line.toString().trim());
    const reached = () =>
      new Promise<boolean>((resolve) => {
        const socket = connect(Number(port), "127.0.0.1");
        socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
        socket.once("connect", () => socket.destroy());
      });
    expect(await reached()).toBe(true);
    child.kill("SIGKILL");
    await expect.poll(reached, SOON).toBe(false);
  });
});

describe("startUptick", () => {
  it("leaves no handle and no directory, and goes on with its data and time after a restart", async () => {
    const uptick = await startUptick();
    const device = await enrolDevice(uptick);
    expect(await uptick.device(device.udid)).toMatchObject({ enrollment: "enrolled", osVersion: "26.5" });
    await uptick.restart({ later: 3_600_000 });
    await device.poll("NotNow", { CommandUUID: "none" });
    const { facts } = await uptick.device(device.udid);
    expect(facts.find(({ name }) => name === "OSVersion")).toMatchObject({ value: "26.5" });
    const [last] = (await uptick.timeline(device.udid)).slice(-1);
    expect(Date.parse(last?.recordedAt ?? "")).toBeGreaterThanOrEqual(START + 3_600_000);
    await uptick.close();
    expect(existsSync(uptick.directory)).toBe(false);
  });

  it("fails when the server logged an error that the test did not expect", async () => {
    const uptick = await startUptick({ push: false });
    const log = uptick.log as unknown as object[];
    log.push({ level: "error", event: "something-broke" });
    await expect(uptick.close()).rejects.toThrow("something-broke");
  });
});

describe("a server that a test starts", () => {
  // A run in the evening must ask nothing of Apple.
  it("fetches no list, wherever it is started", () => {
    const files = execFileSync("git", ["ls-files", "test"], { encoding: "utf8" }).split("\n");
    const sources = files
      .filter((file) => file.endsWith(".ts"))
      .map((file) => [file, readFileSync(file, "utf8")] as const);
    const starting = sources.filter(([, text]) => /["-]device-listen/.test(text));
    expect(starting.length).toBeGreaterThan(8);
    const fetching = starting.filter(([, text]) => !/catalog-fetch(": "|=)off|childServer\(/.test(text));
    expect(fetching.map(([file]) => file)).toEqual([]);
    expect(process.env["UPTICK_CATALOG_FETCH"]).toBe("off");
  });
});
