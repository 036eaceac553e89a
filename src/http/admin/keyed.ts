/** `Idempotency-Key` (api A8): the same write twice is done once, and answered the same. */
import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { PROBLEM_MEDIA, type RouteName } from "../../contract/index.ts";
import { UptickError } from "../../errors/index.ts";
import { type AdminService, type Asked, type KeyedWork, LARGEST_ANSWER } from "../../service/index.ts";
import { headerValues } from "../head/index.ts";
import { AFTER_LOSS, type Shown } from "./after-loss.ts";
import { knownError, type Log, problemOf } from "./problem.ts";

/** The raw command API has its own: the CommandUUID. */
const WITHOUT: ReadonlySet<string> = new Set<RouteName>(["rawCommand"]);

/** The key of a write that changes something; undefined: it has none. Throws `idempotency-key-invalid`. */
export function keyOf(name: string, request: FastifyRequest): string | undefined {
  const [key, ...more] = headerValues(request.raw.rawHeaders, "idempotency-key");
  if (key === undefined || WITHOUT.has(name)) return undefined;
  if (more.length === 0 && /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  const fault = more.length > 0 ? "more than one" : "one that is not 1 to 255 visible ASCII characters";
  throw new UptickError("idempotency-key-invalid", `The request has ${fault}.`);
}

interface Keyed {
  readonly service: AdminService;
  readonly name: string;
  readonly request: FastifyRequest;
  readonly asked: Pick<Asked, "actor" | "mark">;
  readonly key: string;
  readonly log: Log;
}

/** Does the work, or answers what was answered to the same request before. Throws as the work, and `idempotency-…`. */
export async function once(keyed: Keyed, work: () => Promise<Shown>): Promise<Shown> {
  const { service, request, asked, key } = keyed;
  const taken = await service.server.takeKey({
    ...{ actor: asked.actor.name, key, requestId: request.id },
    asked: printOf(request),
  });
  if (taken.kind === "again") return readAnswer(taken.answer);
  const rebuilt = taken.kind === "lost" ? afterLoss(keyed, taken.object) : "again";
  if (rebuilt !== "again") return replayed(await ended(keyed, taken.work, rebuilt));
  asked.mark(taken.work.mark);
  return ended(keyed, taken.work, work);
}

/** Keeps the answer, and gives it. */
async function ended({ request, log }: Keyed, keyed: KeyedWork, work: () => Promise<Shown>): Promise<Shown> {
  let answer: Shown;
  try {
    answer = await work();
  } catch (error) {
    await keep(keyed, problemToKeep(error, request.id), request, log);
    throw error;
  }
  await keep(keyed, answer, request, log);
  return answer;
}

/** The request is answered also where that fails: a repeated one is then told as after a crash. */
async function keep(keyed: KeyedWork, answer: Shown | undefined, request: FastifyRequest, log: Log): Promise<void> {
  try {
    await keyed.end(answer === undefined ? null : writeAnswer(answer));
  } catch (error) {
    log("answer-not-kept", { requestId: request.id, error });
  }
}

/** Problems that pass: the same request may be answered otherwise a moment later. */
const PASSING: ReadonlySet<string> = new Set(["store-conflict", "catalog-fetch-busy"]);

function problemToKeep(error: unknown, requestId: string): Shown | undefined {
  const known = knownError(error);
  if (known === undefined || known.status >= 500 || known.status === 429 || PASSING.has(known.code)) return undefined;
  return { status: known.status, media: PROBLEM_MEDIA, body: problemOf(known, requestId) };
}

function afterLoss(
  { service, name }: Keyed,
  object: { readonly kind: string; readonly id: string | null },
): "again" | (() => Promise<Shown>) {
  const rebuilt = AFTER_LOSS[name as RouteName];
  if (rebuilt === "again") return "again";
  return async () => {
    if (rebuilt !== undefined) return rebuilt(service, object.id);
    const named = object.id === null ? object.kind : `${object.kind} ${object.id}`;
    throw new UptickError("idempotency-answer-lost", `The first request has changed ${named}; its answer is lost.`, {
      members: { object },
    });
  };
}

/** What was asked for, as a hash: method, address with its query, and body. */
function printOf({ method, raw, body }: FastifyRequest): Uint8Array {
  const hash = createHash("sha256").update(`${method} ${raw.url ?? ""}\n`);
  return hash.update(body instanceof Uint8Array ? body : new Uint8Array()).digest();
}

/** Set on an answer that was given before, as Stripe does. */
const REPLAYED = { "idempotent-replayed": "true" };
const replayed = (answer: Shown): Shown => ({ ...answer, headers: { ...answer.headers, ...REPLAYED } });

/** Undefined where it is not kept: a stream, or more than is kept of one answer. */
function writeAnswer({ status, media, headers, body }: Shown): Uint8Array | null {
  if (typeof body === "object" && body !== null && Symbol.asyncIterator in body) return null;
  const bytes = body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(media === null ? "" : toJson(body));
  const kept = Buffer.from(JSON.stringify({ status, media, headers: headers ?? {}, body: bytes.toString("base64") }));
  return kept.length > LARGEST_ANSWER ? null : kept;
}

function readAnswer(kept: Uint8Array): Shown {
  const { body, media, ...answer } = JSON.parse(new TextDecoder().decode(kept)) as Shown & { readonly body: string };
  // As Fastify says of text.
  const type = media !== null && /\bjson$/.test(media) ? `${media}; charset=utf-8` : media;
  return replayed({ ...answer, media: type, body: Buffer.from(body, "base64") });
}

/** JSON that survives what a database may give as a bigint. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) => {
    if (typeof field !== "bigint") return field;
    return Number.isSafeInteger(Number(field)) ? Number(field) : field.toString();
  });
}
