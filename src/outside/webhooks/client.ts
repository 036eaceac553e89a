/**
 * One POST to the address of a webhook, which an admin has chosen and this server does not trust. Its name is resolved once, all that it
 * leads to must be public (or allowed by the configuration), and the connection goes to one of those addresses: a name that leads
 * elsewhere a moment later changes nothing. No redirect is followed. Trouble of the network is an outcome, never a throw.
 */
import { lookup as resolveName } from "node:dns/promises";
import { type IncomingMessage, request as httpRequest, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { type BlockList, isIP, type LookupFunction } from "node:net";
import type { WebhookOutcome, WebhookPort, WebhookRequest } from "../../service/index.ts";
import { failureOf } from "../lookup-service/json-failure.ts";
import { isAmong, isPublic } from "./public-address.ts";

interface Address {
  readonly address: string;
  readonly family: number;
}

export interface WebhookClientOptions {
  /** Networks that may be reached though they are not public, by http too. */
  readonly allow: BlockList | undefined;
  /** PEM of roots to trust instead of the public ones. */
  readonly ca?: string;
  /** Resolves after `ms`, or as soon as the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** All that a name leads to; the system's resolver when absent. */
  readonly resolve?: (host: string) => Promise<readonly Address[]>;
  /** ms until there is a connection, and for everything. */
  readonly limits?: { readonly connect: number; readonly total: number };
}

const LIMITS = { connect: 5000, total: 10_000 };
/** Of an answer nothing is used but its status. */
const MOST_OF_A_BODY = 16 * 1024;
const SYSTEM = (host: string): Promise<readonly Address[]> => resolveName(host, { all: true, order: "verbatim" });

class Refused extends Error {}

export function createWebhookClient(options: WebhookClientOptions): WebhookPort {
  const { allow, ca, sleep, resolve = SYSTEM, limits = LIMITS } = options;

  const mayReach = (url: URL, address: string): boolean =>
    isAmong(allow, address) || (url.protocol === "https:" && isPublic(address));

  /** What the text of an address says against it. */
  function refusalOf(url: URL): string | undefined {
    if (url.protocol !== "https:" && url.protocol !== "http:") return "it is no https URL";
    if (url.username !== "" || url.password !== "") return "it has a user name or a password";
    if (url.hash !== "") return "it has a fragment";
    const host = bare(url);
    // A URL's host is in one form, whatever it was written in: 2130706433, 0177.1 and 127.1 are 127.0.0.1 here.
    if (isIP(host) !== 0 && !mayReach(url, host))
      return isPublic(host) ? `http is for addresses in webhook-allow only` : `${host} is no public address`;
    if (isIP(host) === 0 && url.protocol === "http:" && allow === undefined)
      return "http is for addresses in webhook-allow only";
    return undefined;
  }

  async function addressesOf(url: URL): Promise<readonly Address[]> {
    const refusal = refusalOf(url);
    if (refusal !== undefined) throw new Refused(refusal);
    const host = bare(url);
    if (isIP(host) !== 0) return [{ address: host, family: isIP(host) }];
    const found = await resolve(host);
    const wrong = found.find(({ address }) => !mayReach(url, address));
    if (found.length === 0) throw new Refused(`${host} leads to no address`);
    if (wrong === undefined) return found;
    throw new Refused(
      isPublic(wrong.address)
        ? "http is for addresses in webhook-allow only"
        : `${host} leads to ${wrong.address}, which is no public address`,
    );
  }

  async function answerTo(url: URL, asked: WebhookRequest, ended: AbortController, done: AbortSignal): Promise<number> {
    const found = await unless(ended.signal, addressesOf(url));
    const timer = new AbortController();
    void sleep(limits.connect, AbortSignal.any([timer.signal, done])).then(() => {
      if (!timer.signal.aborted && !done.aborted) ended.abort("timed-out");
    });
    const sent: RequestOptions = {
      method: "POST",
      signal: ended.signal,
      // One connection for one delivery.
      agent: false,
      lookup: pinned(found),
      headers: { ...asked.headers, "content-length": Buffer.byteLength(asked.body) },
    };
    const response = await send(url, sent, ca, asked.body, () => timer.abort());
    await drain(response);
    return response.statusCode ?? 0;
  }

  return {
    refusal(text) {
      const url = URL.parse(text);
      return url === null ? "it is no URL" : refusalOf(url);
    },
    async post(asked, signal): Promise<WebhookOutcome> {
      const url = URL.parse(asked.url);
      if (url === null) return { kind: "failed", cause: "address-refused", detail: "it is no URL" };
      const [ended, done] = [new AbortController(), new AbortController()];
      const stop = (): void => ended.abort("stopped");
      signal.addEventListener("abort", stop);
      if (signal.aborted) stop();
      const timer = sleep(limits.total, done.signal).then(() => {
        if (!done.signal.aborted) ended.abort("timed-out");
      });
      try {
        return { kind: "answered", status: await answerTo(url, asked, ended, done.signal) };
      } catch (error) {
        if (ended.signal.reason === "stopped") return { kind: "stopped" };
        if (ended.signal.reason === "timed-out")
          return { kind: "failed", cause: "timed-out", detail: `no answer within ${limits.total / 1000} s` };
        if (error instanceof Refused) return { kind: "failed", cause: "address-refused", detail: error.message };
        const failure = failureOf(error);
        const { cause, detail } = failure.kind === "failed" ? failure : { cause: "unreachable", detail: "" };
        const known = cause === "untrusted" || cause === "cut-off" ? cause : "unreachable";
        return { kind: "failed", cause: known, detail };
      } finally {
        done.abort();
        signal.removeEventListener("abort", stop);
        await timer;
      }
    },
  };
}

/** Its host, an IPv6 address without brackets. */
const bare = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "");

/** Whoever asks where a name leads is told the addresses that were looked at, and no others. */
const pinned =
  (found: readonly Address[]): LookupFunction =>
  (_host, { all }, callback) => {
    const [first] = found;
    if (all === true) callback(null, [...found]);
    else callback(null, first?.address ?? "", first?.family);
  };

/** Rejects when the signal is aborted: nothing ends a look-up of a name that hangs. */
function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => reject(new Error("ended"));
    if (signal.aborted) end();
    signal.addEventListener("abort", end, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", end));
  });
}

function send(
  url: URL,
  options: RequestOptions,
  ca: string | undefined,
  body: string,
  onConnect: () => void,
): Promise<IncomingMessage> {
  const isTls = url.protocol === "https:";
  return new Promise((resolve, reject) => {
    const tls = { rejectUnauthorized: true, minVersion: "TLSv1.2" as const, ...(ca === undefined ? {} : { ca }) };
    const sent = isTls ? httpsRequest(url, { ...options, ...tls }, resolve) : httpRequest(url, options, resolve);
    sent.once("socket", (socket) => socket.once(isTls ? "secureConnect" : "connect", onConnect));
    // Also after the answer has begun: then whoever reads its body is told.
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Resolves when the answer is over, too long, or broken off: its status has been told by then. */
function drain(response: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let size = 0;
    const end = (): void => {
      response.destroy();
      resolve();
    };
    response.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST_OF_A_BODY) end();
    });
    for (const event of ["end", "error", "aborted", "close"]) response.once(event, end);
  });
}
