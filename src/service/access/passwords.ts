/** Passwords of accounts: how new ones must be, and comparisons, of which a few run at a time: each takes 128 MiB. */
import { UptickError } from "../../errors/index.ts";
import { hashPassword, PASSWORD_COST, passwordMatches } from "../../identity/index.ts";
import type { Ports } from "../ports.ts";

const LEAST_CHARACTERS = 12;
const AT_A_TIME = 2;
/** Sign-ins that wait for their turn: some seconds. */
const MOST_WAITING = 20;
const SALT = 16;

export interface Passwords {
  /** @throws UptickError `password-invalid`; `sign-in-paused` */
  hash(password: string): Promise<string>;
  /**
   * Whether it is the stored one. null: there is none to compare with, and it takes as long to say no: nobody learns by the time which names
   * exist. @throws UptickError `sign-in-paused`
   */
  matches(password: string, stored: string | null): Promise<boolean>;
}

export function createPasswords({
  random,
  passwordCost = PASSWORD_COST,
}: Pick<Ports, "random" | "passwordCost">): Passwords {
  let running = 0;
  const waiting: (() => void)[] = [];
  let dummy: string | undefined;

  /** One of those that run at a time. */
  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running < AT_A_TIME) running += 1;
    else if (waiting.length < MOST_WAITING) await new Promise<void>((resolve) => waiting.push(resolve));
    else throw new UptickError("sign-in-paused", "Too many passwords are being checked just now.", { retryAfter: 2 });
    try {
      return await work();
    } finally {
      // The turn goes to who waits, and nobody else can take it in between.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  }

  const makeHash = (password: string): Promise<string> => hashPassword(password, random(SALT), passwordCost);

  return {
    async hash(password) {
      if (Array.from(password.normalize("NFKC")).length < LEAST_CHARACTERS)
        throw new UptickError("password-invalid", `The password has fewer than ${LEAST_CHARACTERS} characters.`);
      return inTurn(() => makeHash(password));
    },
    matches: (password, stored) =>
      inTurn(async () => {
        dummy ??= await makeHash(Buffer.from(random(SALT)).toString("hex"));
        const same = await passwordMatches(password, stored ?? dummy);
        return same && stored !== null;
      }),
  };
}
