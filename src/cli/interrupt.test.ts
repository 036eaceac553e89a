import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { listenForInterrupt } from "./interrupt.ts";

function fakeProcess() {
  const killed: unknown[] = [];
  return Object.assign(new EventEmitter(), { pid: 7, killed, kill: (...call: unknown[]) => killed.push(call) });
}

describe("the interrupt of a long command", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ])("on %s asks for the end, with exit code %d", (name, code) => {
    const target = fakeProcess();
    const interrupt = listenForInterrupt({}, target, () => 0);
    expect(interrupt.signal.aborted).toBe(false);
    target.emit(name);
    expect([interrupt.signal.aborted, interrupt.exitCode()]).toEqual([true, code]);
  });

  it("takes a signal right behind the first for the same one", () => {
    const target = fakeProcess();
    const interrupt = listenForInterrupt({}, target, () => 5);
    target.emit("SIGINT");
    target.emit("SIGINT");
    target.emit("SIGTERM");
    expect([target.killed, interrupt.exitCode()]).toEqual([[], 130]);
  });

  it("lets a later signal end the process as it would without us", () => {
    const target = fakeProcess();
    let now = 0;
    listenForInterrupt({}, target, () => now);
    target.emit("SIGINT");
    now = 1000;
    target.emit("SIGTERM");
    expect([target.killed, target.listenerCount("SIGINT"), target.listenerCount("SIGTERM")]).toEqual([
      [[7, "SIGTERM"]],
      0,
      0,
    ]);
  });

  it("ends with a failure when nothing reads its output", () => {
    const out = new EventEmitter();
    const interrupt = listenForInterrupt(out, fakeProcess());
    out.emit("error", Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    out.emit("error", Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    expect([interrupt.signal.aborted, interrupt.exitCode()]).toEqual([true, 141]);
    expect(() => out.emit("error", new Error("disk full"))).toThrow("disk full");
  });

  it("leaves no listener behind when it is over", () => {
    const target = fakeProcess();
    listenForInterrupt({}, target).stop();
    expect(target.eventNames()).toEqual([]);
  });
});
