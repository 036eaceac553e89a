/**
 * One GET of a JSON document over HTTPS, within limits of time and size. Trouble of the network is an outcome, never a throw. A
 * redirect is not followed, because it would lead to a host that nobody has chosen. Proxies of the environment are not used.
 */
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import type { JsonOutcome, Validators } from "../../service/index.ts";
import { failureOf, JsonFailure } from "./json-failure.ts";
import { readWithin } from "./read-within.ts";

export interface JsonRequest {
  /** https */
  readonly url: string;
  /** PEM of the only roots that are trusted; absent: the public ones that Node has. */
  readonly ca?: string;
  /** Of the last good answer; null: the whole document is wanted. */
  readonly validators: Validators | null;
  /** For everything: name, connection, TLS, answer (ms). */
  readonly timeoutMs: number;
  /** Of the answer, both as it arrives and decompressed. */
  readonly maxBytes: number;
  /** Resolves after `ms`, or as soon as the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Ends the request: the outcome is "stopped". */
  readonly signal: AbortSignal;
}

export async function getJson(options: JsonRequest): Promise<JsonOutcome> {
  const { timeoutMs, signal } = options;
  const ended = new AbortController();
  const stop = (): void => ended.abort("stopped");
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  const done = new AbortController();
  const timer = options.sleep(timeoutMs, done.signal).then(() => {
    if (!done.signal.aborted) ended.abort("timed-out");
  });
  try {
    return await answerTo(options, ended.signal);
  } catch (error) {
    if (ended.signal.reason === "stopped") return { kind: "stopped" };
    if (ended.signal.reason === "timed-out")
      return { kind: "failed", cause: "timed-out", detail: `no whole answer within ${timeoutMs / 1000} s` };
    return failureOf(error);
  } finally {
    done.abort();
    signal.removeEventListener("abort", stop);
    await timer;
  }
}

async function answerTo(options: JsonRequest, signal: AbortSignal): Promise<JsonOutcome> {
  const { validators, maxBytes } = options;
  const response = await respond(options, signal);
  try {
    const { statusCode: status = 0, headers } = response;
    if (status === 304 && validators !== null) return { kind: "not-modified" };
    if (status >= 300 && status < 400 && status !== 304)
      throw new JsonFailure(
        "redirected",
        `status ${status}${headers.location === undefined ? "" : " to another address"}`,
      );
    if (status !== 200) throw new JsonFailure("status", `status ${status}`);
    const json = parsed(await readWithin(response, maxBytes));
    const [etag, lastModified] = [tag(headers.etag), tag(headers["last-modified"])];
    return { kind: "json", json, validators: etag === null && lastModified === null ? null : { etag, lastModified } };
  } finally {
    // What is left of the answer is not read.
    response.destroy();
  }
}

function respond({ url, ca, validators }: JsonRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const { etag = null, lastModified = null } = validators ?? {};
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        signal,
        // One connection for one answer, and no session of an earlier one.
        agent: false,
        // Said here, because a variable of the environment would switch it off otherwise.
        rejectUnauthorized: true,
        minVersion: "TLSv1.2",
        ...(ca === undefined ? {} : { ca }),
        headers: {
          accept: "application/json",
          // A server may send gzip whatever it was asked for, so it must be read in any case; and feeds are large.
          "accept-encoding": "gzip",
          "user-agent": "uptick",
          ...(etag === null ? {} : { "if-none-match": etag }),
          ...(lastModified === null ? {} : { "if-modified-since": lastModified }),
        },
      },
      resolve,
    );
    // Also after the response has begun: then the reader of its body is told, and this is nobody's.
    sent.on("error", reject);
    sent.end();
  });
}

/** A header that is sent back must not be of any size. */
const tag = (value: string | undefined): string | null => (value === undefined || value.length > 200 ? null : value);

/** JSON is UTF-8 (RFC 8259, 8.1), whatever charset a header names; a byte order mark is skipped. */
function parsed(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new JsonFailure("not-json", "the answer is not UTF-8");
  }
  if (text.trim() === "") throw new JsonFailure("not-json", "the answer is empty");
  try {
    return JSON.parse(text);
  } catch {
    throw new JsonFailure("not-json", "the answer is not JSON");
  }
}
