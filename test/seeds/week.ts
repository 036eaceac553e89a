/** One seed's week: its server and devices, what befalls them, and what was found to be broken. */
import { createDevice, type EnrollmentProfile, random, virtualTime } from "../../simulator/index.ts";
import { sampleLookupService } from "../../src/catalog/index.ts";
import { createVirtualNetwork, createVirtualPush } from "../../src/virtual/index.ts";
import { type Accepted, administer } from "./admin.ts";
import { strike } from "./blows.ts";
import { DAY, fateOf, isWithinBusyHours, START, UNREACHED } from "./fate.ts";
import { keptInTheEnd } from "./in-the-end.ts";
import { Machine } from "./machine.ts";
import { promisesOver } from "./promises.ts";
import { administerStanding, setRight } from "./standing/admin.ts";
import { importLists } from "./standing/import.ts";
import { standingKept } from "./standing/in-the-end.ts";
import { Listing } from "./standing/listing.ts";
import { releasesOver } from "./standing/lists.ts";
import { standingPromisesOver } from "./standing/promises.ts";
import { listedThough } from "./standing/withheld.ts";
import { deviceOfTwoLives, type TwoLives } from "./two-lives.ts";
import { answerIn, requestWords } from "./words.ts";

/** What every week begins with: a server's database, and the profile by which its devices enroll. */
export interface Beginning {
  readonly database: Uint8Array;
  readonly profile: EnrollmentProfile;
}

export interface Found {
  readonly seed: string;
  /** What is broken, in words, with the moment; empty when every promise was kept. */
  readonly broken: readonly string[];
  /** Commits that were looked at, requests, deaths of the server, and what its devices installed. */
  readonly counts: {
    readonly commits: number;
    readonly requests: number;
    readonly deaths: number;
    readonly installs: number;
  };
}

/** More than this says nothing more. */
const ENOUGH = 20;
/** No week has as many batches by far. */
const MOST_BATCHES = 20_000;
/** Nor have so many in weeks of standing plans. */
const MOST_BATCHES_STANDING = 100_000;

/** Lives the week of a seed. `say`: told all that happens. */
export async function liveWeek(seed: string, beginning: Beginning, say?: (line: string) => void): Promise<Found> {
  const fate = fateOf(seed);
  const order = random(`${seed}/order`);
  const time = virtualTime({ start: START, pick: (choices) => order.integer(0, choices - 1) });
  const broken: string[] = [];
  const counts = { commits: 0, requests: 0, deaths: 0, installs: 0 };
  const tell = (what: string): void => say?.(`${new Date(time.now()).toISOString()} ${what}`);
  const finds = (found: readonly string[]): void => {
    for (const what of found) {
      if (broken.length < ENOUGH) broken.push(`${new Date(time.now()).toISOString()} ${what}`);
      tell(`BROKEN: ${what}`);
    }
  };
  let batches = 0;
  const endless = Promise.withResolvers<never>();
  const isCalm = (): boolean => time.now() >= START + fate.length;
  const pushService = { isAway: false };
  const push = createVirtualPush(time, () => {
    if (isCalm()) return { takes: 100 };
    return pushService.isAway ? UNREACHED : fate.push();
  });
  const machine = new Machine({
    seed,
    time,
    push: push.client,
    dice: order,
    say: tell,
    onGone() {
      counts.deaths += 1;
      network.cut();
    },
    onBatch() {
      batches += 1;
      if (batches === (fate.standing === undefined ? MOST_BATCHES : MOST_BATCHES_STANDING))
        endless.reject(new Error("the server turns in a circle"));
    },
    onCommit(db, touched) {
      counts.commits += 1;
      finds(promises.look(db, touched, machine.latest()));
      if (standing !== undefined) finds(standingPromises.look(db, touched, machine.latest()));
    },
  });
  const network = createVirtualNetwork({
    time,
    server: () => machine.server,
    trip: () => (isCalm() ? { there: 20, back: 20 } : fate.trip()),
    onReply(body, reply, certificate) {
      counts.requests += 1;
      if (say !== undefined) tell(requestWords(body, reply));
      if (reply.status === 200) finds(believed(certificate));
      const answer = reply.status === 200 ? answerIn(body) : undefined;
      if (standing !== undefined) finds(listedThough(machine.db, body, reply.body, time.now() + machine.skew));
      if (answer !== undefined) finds(promises.acknowledged(machine.db, answer, certificate));
    },
  });
  const accepted: Accepted = { plans: new Map(), backTo: undefined, backAt: undefined };
  const twice: TwoLives[] = [];
  const { standing } = fate;
  const releases = standing && releasesOver(standing.waves);
  const devices = fate.kinds.map((kind, index) => {
    const [erasure, hours] = [fate.erasures[index], fate.busyHours[index]];
    const isBusy = (): boolean => hours !== undefined && !isCalm() && isWithinBusyHours(hours, time.now());
    const options = { seed, index, clock: time, apns: push, network, isBusy, ...(releases && { releases }) };
    if (erasure === undefined) return createDevice(kind, options);
    const lives = deviceOfTwoLives(kind, options, erasure);
    twice.push(lives);
    return lives.device;
  });
  /** Who has enrolled again speaks with the new identity alone, as long as the server knows of it. */
  const believed = (certificate: Uint8Array | undefined): string[] =>
    twice.flatMap(({ device, ...lives }) => {
      const at = lives.succeeded(certificate);
      if (at === undefined || (accepted.backTo !== undefined && at >= accepted.backTo)) return [];
      return [`${device.kind} ${device.serial}: a message of its former life was believed`];
    });
  const promises = promisesOver(devices);
  const acts: string[] = [];
  const listing = new Listing();
  listing.take(START, sampleLookupService(), true);
  const standingPromises = standingPromisesOver(devices, { acts, listing, accepted });
  await machine.start(beginning.database);
  const ending = new AbortController();
  const lives = devices.map((device) => device.run(beginning.profile, ending.signal));
  const around = { time, machine, pushService, accepted, acts, say: tell };
  const udids = devices.map(({ udid }) => udid);
  const admin = random(`${seed}/admin`);
  const events = [
    strike(fate.blows, around),
    ...(standing === undefined
      ? [administer(admin, udids, around)]
      : [administerStanding(admin, udids, around, standing), importLists(standing, around, listing, finds)]),
    time.sleep(fate.length),
  ];
  try {
    await Promise.race([Promise.all(events), endless.promise]);
    machine.mend();
    // What has befallen it last may end later than the week.
    const end = time.now() + fate.calm;
    if (standing?.setsRight === true) {
      // It may just be away.
      await Promise.race([time.sleep(DAY / 2), endless.promise]);
      await Promise.race([setRight(around), endless.promise]);
    }
    await Promise.race([time.sleep(end - time.now()), endless.promise]);
    finds(keptInTheEnd(machine, devices, accepted, time.now()));
    if (standing !== undefined) finds(standingKept(machine, devices, standing, listing, time.now()));
    ending.abort();
    await Promise.all(lives);
  } catch (error) {
    finds([`thrown: ${(error as Error).stack ?? String(error)}`]);
  }
  time.stop();
  machine.db.close();
  counts.installs = devices.reduce((sum, { truth }) => sum + truth.installsExecuted.length, 0);
  return { seed, broken, counts };
}
