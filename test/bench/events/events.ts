/** What streams of events cost a server while ten changes come each second: without followers, and with some hundred, by turns. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { say } from "../table.ts";

const STREAMS = 200;
const CHANGES_A_SECOND = 10;
/** ms of one turn. */
const TURN = 5000;

interface Place {
  readonly port: number;
  readonly token: string;
  readonly devices: number;
}

export async function benchEvents({ laps }: { readonly laps: number }): Promise<void> {
  const child = fork(new URL("./process.ts", import.meta.url), [], { execArgv: process.execArgv });
  const place = (await once(child, "message"))[0] as Place;
  const agent = new http.Agent({ keepAlive: true });
  try {
    const [alone, followed]: [number[], number[]] = [[], []];
    let bytes = 0;
    for (let lap = 0; lap < laps; lap += 1) {
      alone.push(await share(child, place, agent));
      const streams = await Promise.all(Array.from({ length: STREAMS }, () => follow(place, (n) => (bytes += n))));
      // Who connects costs more than who is connected.
      await sleep(1500);
      bytes = 0;
      followed.push(await share(child, place, agent));
      for (const end of streams) end();
      await sleep(500);
    }
    const [a, b] = [alone, followed].map((shares) => median(shares));
    if (a === undefined || b === undefined) return;
    const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
    say(`Events: ${CHANGES_A_SECOND} changes a second; medians of ${laps} turns of ${TURN / 1000} s each.`);
    say(
      `  no stream: ${percent(a)} of a core; ${STREAMS} streams: ${percent(b)}; the streams: ${percent(b - a)} (aim: 5 %)`,
    );
    say(`  each stream got ${Math.round(bytes / STREAMS / (TURN / 1000))} bytes a second in the last turn`);
  } finally {
    agent.destroy();
    child.send("end");
    await once(child, "exit");
  }
}

/** What part of a core the server used in one turn. */
async function share(child: ChildProcess, place: Place, agent: http.Agent): Promise<number> {
  const [cpu, begun] = [await cpuOf(child), performance.now()];
  for (let n = 0; performance.now() - begun < TURN; n += 1) {
    await change(place, agent, n);
    await sleep(Math.max(0, begun + (n + 1) * (1000 / CHANGES_A_SECOND) - performance.now()));
  }
  return ((await cpuOf(child)) - cpu) / (performance.now() - begun);
}

/** ms of all of its threads. */
async function cpuOf(child: ChildProcess): Promise<number> {
  const answer = once(child, "message");
  child.send("cpu");
  const [{ cpu }] = (await answer) as [{ cpu: NodeJS.CpuUsage }];
  return (cpu.user + cpu.system) / 1000;
}

/** Tags a device, or takes the tag away. */
function change({ port, token, devices }: Place, agent: http.Agent, n: number): Promise<void> {
  const body = JSON.stringify({
    devices: [`BENCH${n % devices}`],
    [Math.floor(n / devices) % 2 === 0 ? "add" : "remove"]: ["followed"],
  });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, agent, method: "POST", path: "/api/v1/devices/tag", headers };
    const sent = http.request(options, (response) => response.resume().on("end", resolve));
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Resolves when it is connected, with how it ends. */
function follow({ port, token }: Place, onBytes: (n: number) => void): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    const sent = http.get({ host: "127.0.0.1", port, agent: false, path: "/api/v1/events", headers }, (response) => {
      response.on("data", (part: Buffer) => onBytes(part.length));
      response.on("error", () => undefined);
      resolve(() => sent.destroy());
    });
    sent.on("error", reject);
  });
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
