import { describe, expect, it } from "vitest";
import { createAppointment } from "./appointment.ts";
import type { Clock } from "./clock.ts";

/** A clock that stands at 0, and notes until when it was waited for. */
function standing(): { readonly clock: Clock; readonly untils: number[] } {
  const untils: number[] = [];
  const clock: Clock = {
    now: () => 0,
    until(at, signal) {
      untils.push(at);
      return new Promise((resolve) => {
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
    },
  };
  return { clock, untils };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("an appointment", () => {
  it.each([
    ["before the next moment is found", 10, 50, [10]],
    ["before a sooner one is found", 50, 10, [10]],
    ["before it is found that there is none", 10, undefined, [10]],
  ])("keeps a moment that is named %s", async (_when, named, found, expected) => {
    const { clock, untils } = standing();
    const appointment = createAppointment(clock);
    const ending = new AbortController();
    const next = Promise.withResolvers<number | undefined>();
    const waiting = appointment.wait(() => next.promise, ending.signal);
    appointment.sooner(named);
    next.resolve(found);
    await turn();
    expect(untils).toEqual(expected);
    ending.abort();
    await waiting;
  });

  it("is moved to a sooner moment that is named while it waits, and not to a later one", async () => {
    const { clock, untils } = standing();
    const appointment = createAppointment(clock);
    const ending = new AbortController();
    const waiting = appointment.wait(() => Promise.resolve(50), ending.signal);
    await turn();
    appointment.sooner(60);
    appointment.sooner(20);
    await turn();
    expect(untils).toEqual([50, 20]);
    ending.abort();
    await waiting;
  });

  it("is over where the moment has come", async () => {
    const { clock, untils } = standing();
    const appointment = createAppointment(clock);
    const next = Promise.withResolvers<undefined>();
    const waiting = appointment.wait(() => next.promise, new AbortController().signal);
    appointment.sooner(0);
    next.resolve(undefined);
    await waiting;
    expect(untils).toEqual([]);
  });
});
