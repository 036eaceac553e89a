/** Where strangers come: one real server, and what its API says of them. */
import type { DeviceDetail, DryRun, PlanRequest, PlanView } from "../../src/contract/index.ts";
import type { Uptick } from "../support/uptick.ts";
import type { Authority, Pair } from "./identities.ts";
import { type Dict, plist, textOf } from "./plist.ts";
import { type Says, Stranger, type StrangerOptions } from "./stranger.ts";

/** One stranger: what it does, what it does twenty minutes later, and what is then seen of it. */
export interface Row {
  readonly name: string;
  play(place: Place): Promise<Visit>;
}

/** `later` comes after twenty minutes; `seen` is compared with `expected`, which may say less. */
export interface Visit {
  later?(): Promise<unknown>;
  seen(): Promise<unknown>;
  readonly expected: object;
}

/** What a device's page shows, in short. */
export interface Shown {
  readonly device: DeviceDetail;
  readonly job: { readonly state: string; readonly reason: string; readonly sentence: string } | null;
  readonly kinds: readonly string[];
  readonly texts: readonly string[];
}

export class Place {
  readonly uptick: Uptick;
  readonly authority: Authority;
  readonly #strangers: Stranger[] = [];

  constructor(uptick: Uptick, authority: Authority) {
    this.uptick = uptick;
    this.authority = authority;
  }

  /** A device with a certificate of its own from the organisation's CA, shown in the TLS handshake. */
  stranger(options: Partial<StrangerOptions> & { readonly certificate?: Pair | null } = {}): Stranger {
    const { certificate = this.authority.issue("/CN=A device"), ...rest } = options;
    const identity = certificate === null ? {} : { identity: certificate };
    const stranger = new Stranger({ port: this.uptick.devicePort, caPem: this.authority.caPem, ...identity, ...rest });
    // The push service must know its token, or it calls it dead.
    const ear = this.uptick.apns.listen(stranger.token.toString("hex"), () => undefined);
    this.uptick.atClose(() => ear.close());
    this.#strangers.push(stranger);
    return stranger;
  }

  hangUp(): void {
    for (const stranger of this.#strangers) stranger.close();
  }

  /** Enrolled, and it has answered what every device is asked. */
  async enrolled(facts: Dict, options: Partial<StrangerOptions> = {}, says: Says = {}): Promise<Stranger> {
    const stranger = this.stranger(options);
    await stranger.enrol(facts);
    await stranger.talk(says);
    return stranger;
  }

  /** Makes a plan and waits until its job is made. */
  async plan(stranger: Stranger, to: string, more: Partial<PlanRequest> = {}): Promise<void> {
    const request: PlanRequest = { to, action: "install", devices: [stranger.udid], ...more };
    const { id } = await this.uptick.web.post<PlanView>("/api/v1/plans", request);
    await until(`the job of ${stranger.udid}`, async () => {
      const { job } = await this.uptick.device(stranger.udid);
      return job?.planId === id && job.state !== "awaiting" ? job : undefined;
    });
  }

  async dryRun(stranger: Stranger, to: string): Promise<DryRun["rows"][number] | undefined> {
    const request: PlanRequest = { to, action: "install", devices: [stranger.udid] };
    const { rows: decisions } = await this.uptick.web.post<DryRun>("/api/v1/plans?dryRun=true", request);
    return decisions[0];
  }

  /** An admin's own command; the status of the answer. */
  async raw(stranger: Stranger, uuid: string, command: Dict): Promise<number> {
    const reply = await this.uptick.web.request("PUT", `/mdm?device=${stranger.udid}&wait=0`, {
      body: plist({ CommandUUID: uuid, Command: command }),
      headers: { "content-type": "application/x-apple-aspen-mdm" },
    });
    return reply.status;
  }

  async shown(stranger: Stranger): Promise<Shown> {
    const device = await this.uptick.device(stranger.udid);
    const entries = await this.uptick.timeline(stranger.udid);
    const { job } = device;
    return {
      device,
      job: job === null ? null : { state: job.state, reason: job.reason, sentence: job.verdict.sentence },
      kinds: entries.map(({ kind }) => kind),
      texts: entries.map(({ sentence: text }) => text),
    };
  }
}

/** What is asked again and again until it is there. Nothing is measured: it only gives up. */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let nth = 0; nth < 400; nth += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${what} does not come`);
}

/** The kinds of commands, in order. */
export const kindsOf = (commands: readonly string[]): string[] =>
  commands.map((command) => textOf(command, "RequestType") ?? "?");
