/** Lets what is to befall the server happen, each at its moment. */
import { type Around, feed, forgetSince } from "./admin.ts";
import { type Blow, START } from "./fate.ts";
import { ServerGone } from "./machine.ts";

export async function strike(blows: readonly Blow[], around: Around): Promise<void> {
  await Promise.all(blows.map((blow) => at(blow, around)));
}

async function at(blow: Blow, { time, machine, pushService, accepted, say }: Around): Promise<void> {
  const until = (ms: number): Promise<void> => time.sleep(START + ms - time.now());
  if (blow.what === "restore") {
    await until(blow.at - blow.age);
    const then = time.now();
    // A backup is made of what is committed.
    if (machine.db.isTransaction) return;
    const backup = machine.db.serialize();
    say("a backup is made");
    await until(blow.at);
    forgetSince(accepted, then, time.now());
    machine.restore(backup);
    return;
  }
  await until(blow.at);
  switch (blow.what) {
    case "crash":
      return machine.dieAt(blow.nth, blow.down);
    case "stop":
      return machine.stop(blow.down);
    case "disk-full":
      return machine.fillDisk(blow.ms);
    case "clock":
      say(`the clock is set by ${blow.skew} ms`);
      machine.setClock(machine.skew + blow.skew);
      await time.sleep(blow.ms);
      say("the clock is set right");
      machine.setClock(0);
      return;
    case "push-away":
      say("the push service can't be reached");
      pushService.isAway = true;
      await time.sleep(blow.ms);
      say("the push service is back");
      pushService.isAway = false;
      return;
    case "feed":
      try {
        await machine.ask(({ admin, system }) => admin.server.importCatalog(system, feed(blow.which), {}));
        say(`Apple's list is number ${blow.which}`);
      } catch (error) {
        if (!(error instanceof ServerGone)) say(`Apple's list was refused: ${(error as Error).message}`);
      }
  }
}
