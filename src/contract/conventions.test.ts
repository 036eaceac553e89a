/**
 * Holds every route of the table, also those that are added, to the conventions of the API: how lists, instants, names, verbs and what
 * is made look (api A1–A6, A12). What is let off stands below with its reason.
 */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type Route, ROUTES } from "./index.ts";

/** What of JSON Schema is looked at here. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

interface Field {
  /** Such as "showPlan → rows.createdAt". */
  readonly place: string;
  readonly name: string;
  /** The schema itself, and its choices where it has some. */
  readonly choices: readonly Schema[];
}

/** Shapes that others have fixed: Problem by RFC 9457 (api A7), Json by whoever wrote it. */
const FOREIGN: ReadonlySet<string> = new Set(["Problem", "Json"]);

function fieldsOf(root: Schema, where: string): Field[] {
  const seen = new Set<string>();
  const walk = (schema: Schema, path: string): Field[] => {
    if (schema.$ref !== undefined) {
      const name = schema.$ref.split("/").at(-1) ?? "";
      if (FOREIGN.has(name) || seen.has(name)) return [];
      seen.add(name);
      return walk(root.$defs?.[name] ?? {}, path);
    }
    const own = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
      { place: `${where} → ${path}${name}`, name, choices: choicesOf(field) },
      ...walk(field, `${path}${name}.`),
    ]);
    const inside = [schema.items, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
    if (typeof schema.additionalProperties === "object") inside.push(schema.additionalProperties);
    return [...own, ...inside.flatMap((one) => (one === undefined ? [] : walk(one, path)))];
  };
  return walk(root, "");
}

const choicesOf = (schema: Schema): readonly Schema[] => [
  schema,
  ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(choicesOf),
];

const jsonSchema = (schema: z.ZodType, io: "input" | "output"): Schema => z.toJSONSchema(schema, { io }) as Schema;
const isProblem = (schema: z.ZodType): boolean => z.globalRegistry.get(schema)?.id === "Problem";

const ROWS = Object.entries<Route>(ROUTES);
const REPLIES = ROWS.flatMap(([name, { replies }]) =>
  replies.flatMap(({ schema }) =>
    schema === undefined || isProblem(schema) ? [] : [{ name, fields: fieldsOf(jsonSchema(schema, "output"), name) }],
  ),
);
const REQUESTS = ROWS.flatMap(([name, { query, params, body }]) =>
  [query, params, body !== undefined && "schema" in body ? body.schema : undefined].flatMap((schema) =>
    schema === undefined ? [] : [{ name, fields: fieldsOf(jsonSchema(schema, "input"), `${name} (asked)`) }],
  ),
);
const replied = REPLIES.flatMap(({ fields }) => fields);
const asked = REQUESTS.flatMap(({ fields }) => fields);
const places = (fields: readonly Field[]): string[] => [...new Set(fields.map(({ place }) => place))];

/** Names that a thing had before, or would have in another API: the name that it has here. */
const FORMER: Readonly<Record<string, string>> = {
  at: "a name that ends in At",
  since: "sinceAt",
  time: "a name that ends in At",
  timestamp: "a name that ends in At",
  uuid: "commandUuid",
  deviceId: "id",
  serialNumber: "serial",
  text: "sentence",
  message: "sentence",
  why: "sentence",
  detail: "sentence",
  description: "sentence",
  code: "reason",
  cause: "reason",
  errorCode: "reason",
  how: "remedy",
  hint: "remedy",
  by: "a name that ends in By",
  postingDate: "postedOn",
  expirationDate: "expiresOn",
  notAfter: "endsAt",
  cursor: "after, next",
  offset: "after",
  page: "after",
  pageSize: "limit",
  items: "rows",
  results: "rows",
};

/** `place: why it may`. */
const LET_OFF: Readonly<Record<string, string>> = {
  "listAudit → rows.detail": "what a change was about, in no fixed form",
  "exportAudit → detail": "the same",
};

const isInstant = ({ format }: Schema): boolean => format === "date-time";
const isDate = ({ format }: Schema): boolean => format === "date";

describe("the words of replies (api A3, A4)", () => {
  it("are camelCase", () => {
    const ids = /^[a-z][a-zA-Z0-9]*$/;
    expect(places([...replied, ...asked].filter(({ name }) => !ids.test(name)))).toEqual([]);
  });

  it("are one for one thing: none of the former names", () => {
    const former = replied.filter(({ name }) => name in FORMER);
    expect(places(former).filter((place) => !(place in LET_OFF))).toEqual([]);
  });

  it("end in At exactly for an instant, which is RFC 3339 in UTC with milliseconds", () => {
    const instants = replied.filter(({ choices }) => choices.some(isInstant));
    expect(places(instants.filter(({ name }) => !name.endsWith("At")))).toEqual([]);
    const named = replied.filter(({ name }) => /[a-z]At$/.test(name));
    const texts = places(named.filter(({ choices }) => !choices.some(isInstant)));
    expect(texts.filter((place) => !(place in LET_OFF))).toEqual([]);
    const patterns = instants.flatMap(({ choices }) => choices.filter(isInstant).map(({ pattern = "" }) => pattern));
    for (const pattern of new Set(patterns)) {
      const fits = (text: string) => new RegExp(pattern).test(text);
      expect(["2026-08-25T12:00:00.000Z", "2026-08-25T12:00:00Z", "2026-08-25T12:00:00.000+02:00"].map(fits)).toEqual([
        true,
        false,
        false,
      ]);
    }
    expect(instants.length).toBeGreaterThan(50);
  });

  it("end in On or Date for a date, or are the two ends of a range of days", () => {
    const dates = replied.filter(({ choices }) => choices.some(isDate));
    const good = /(On|Date)$|^(from|to|until)$/;
    expect(places(dates.filter(({ name }) => !good.test(name)))).toEqual([]);
  });

  it("end in Local for the time on a device's clock", () => {
    const clock = /Local$/;
    const named = replied.filter(({ name }) => clock.test(name));
    expect(places(named.filter(({ choices }) => choices.some(isInstant)))).toEqual([]);
    expect(named.length).toBeGreaterThan(3);
  });

  it("name the unit of a length of time", () => {
    const bare = /^(wait|timeout|duration|interval|age|ttl|delay|ahead|lasts)$/;
    expect(places(replied.filter(({ name }) => bare.test(name)))).toEqual([]);
  });
});

describe("instants of requests (api A3)", () => {
  /** Console K6 writes `GET /report?at=`; a filter is a range of time, as `from` and `to` are one of days. */
  const NAMED_SO: ReadonlySet<string> = new Set([
    "report (asked) → at",
    ...["listAudit", "exportAudit", "exportAuditCsv"].flatMap((name) =>
      ["since", "until"].map((word) => `${name} (asked) → ${word}`),
    ),
  ]);

  it("end in At too", () => {
    const instants = asked.filter(({ choices }) => choices.some(isInstant));
    const others = places(instants.filter(({ name }) => !name.endsWith("At")));
    expect(others.filter((place) => !NAMED_SO.has(place))).toEqual([]);
  });
});

/** Lists by their form: a GET that answers with JSON and rows. Streams of lines are whole by design (api A10). */
const rowsOf = (route: Route): Schema | undefined => {
  const [reply] = route.replies.filter(({ status, media }) => status === 200 && media === "application/json");
  if (route.method !== "GET" || reply?.schema === undefined) return undefined;
  const read = jsonSchema(reply.schema, "output");
  const schema = read.$ref === undefined ? read : (read.$defs?.[read.$ref.split("/").at(-1) ?? ""] ?? {});
  return schema.properties?.["rows"] === undefined ? undefined : schema;
};
const LISTS = ROWS.filter(([name, route]) => name.startsWith("list") || rowsOf(route) !== undefined);

describe("lists (api A1)", () => {
  it.each(LISTS)("%s answers rows and next", (_name, route) => {
    const schema = rowsOf(route);
    expect(schema?.properties?.["rows"]?.type).toBe("array");
    expect(schema?.properties?.["next"]?.type).toEqual(["string", "null"]);
    expect(schema?.required).toEqual(expect.arrayContaining(["rows", "next"]));
  });

  it.each(LISTS)("%s takes after, and a limit from 1 to 1000, by default 100", (_name, route) => {
    const query = route.query ?? z.strictObject({});
    const limits = (text: string): boolean => query.safeParse({ limit: text }).success;
    expect(["1", "1000"].map(limits)).toEqual([true, true]);
    expect(["0", "1001", "-1", "1.5", "ten", ""].map(limits)).toEqual([false, false, false, false, false, false]);
    expect(query.parse({ after: "x" })).toMatchObject({ after: "x", limit: 100 });
  });

  it("are all there are: no GET answers with a bare list of things", () => {
    const arrays = ROWS.filter(([, { method, replies }]) => {
      const [schema] = replies.flatMap((reply) => (reply.status === 200 ? [reply.schema] : []));
      return method === "GET" && schema instanceof z.ZodArray;
    });
    expect(arrays.map(([name]) => name)).toEqual([]);
    expect(LISTS.length).toBeGreaterThan(12);
  });
});

/** The provider says what stands there, and may say more than it does today (RFC 6749, 4.1.2). */
const ANSWERS_OF_OTHERS: ReadonlySet<string> = new Set(["finishOidc"]);

describe("queries (api A2)", () => {
  it.each(ROWS.filter(([name, { query }]) => query !== undefined && !ANSWERS_OF_OTHERS.has(name)))(
    "%s refuses a key that it does not know",
    (_n, route) => {
      const read = route.query?.safeParse({ colour: "red" });
      expect(read?.error?.issues.map(({ code }) => code)).toContain("unrecognized_keys");
    },
  );
});

/** The last part of a path, where it is no parameter. */
const lastOf = ({ path }: Route): string => path.split("/").at(-1) ?? "";
const NOUNS: ReadonlySet<string> = new Set([
  ...["plans", "policies", "blocks", "blackouts", "tokens", "enrollment-links", "accounts", "webhooks"],
]);
/** What there is one of for whoever asks. */
const SINGLE: Readonly<Record<string, string>> = { signIn: "/api/v1/session", setUp: "/api/v1/session" };
/** What is made and can't be looked at afterwards: a profile is signed for whoever asks, and not stored. */
const NOT_KEPT: ReadonlySet<string> = new Set(["enrollments"]);
const posts = ROWS.filter(([, { method }]) => method === "POST");

describe("what is made (api A6)", () => {
  const made = ROWS.filter(([, { replies }]) => replies.some(({ status }) => status === 201));

  it("is every POST to a list, and a PUT of a name that was free", () => {
    const toLists = posts.filter(([, route]) => LISTS.some(([, list]) => list.path === route.path));
    expect(toLists.filter((row) => !made.includes(row)).map(([name]) => name)).toEqual([]);
    expect(made.length).toBeGreaterThanOrEqual(toLists.length);
  });

  it.each(made)("%s has an address that a GET answers", (name, { path, method }) => {
    const pattern = SINGLE[name] ?? (method === "PUT" ? path : `${path}/:x`);
    const places = ROWS.filter(([, route]) => route.method === "GET").map(([, route]) =>
      route.path.replace(/:[a-z]+$/, ":x"),
    );
    expect(places).toContain(pattern.replace(/:[a-z]+$/, ":x"));
  });

  it.each(made)("%s says in the contract that Location is its address", (_name, { replies }) => {
    const [reply] = replies.filter(({ status }) => status === 201);
    expect(reply?.when).toContain("`Location`");
  });

  it("answers 202 only with a place to look", () => {
    const accepted = ROWS.flatMap(([, { replies }]) => replies.filter(({ status }) => status === 202));
    expect(accepted.filter(({ when }) => !when.includes("`Location`"))).toEqual([]);
  });
});

/** Writes that touch several devices, or may. */
const MANY: ReadonlySet<string> = new Set(["plan", "rollout", "policy", "block", "blackout", "group", "halt"]);
/** What takes no dry run, and why. */
const NO_DRY_RUN: Readonly<Record<string, string>> = {
  endBlock: "its devices get the release by the next plan, whose dry run says which",
  removeBlackout: "what it has moved stays where it is",
  removeGroup: "a group that is in use is not removed",
};

describe("dry runs (api A12)", () => {
  const many = ROWS.filter(([, { object }]) => object !== undefined && MANY.has(object.kind));

  it.each(many.filter(([name]) => !(name in NO_DRY_RUN)))("%s takes dryRun=true", (_name, { query }) => {
    expect(query?.safeParse({ dryRun: "true" }).success).toBe(true);
  });

  it("are let off by name alone", () => {
    const takes = ({ query }: Route): boolean => query !== undefined && "dryRun" in query.shape;
    const off = many.filter(([, route]) => !takes(route)).map(([name]) => name);
    expect(off.toSorted()).toEqual(Object.keys(NO_DRY_RUN).toSorted());
  });
});

describe("changes that are no create, replace, edit or delete (api A5)", () => {
  it("are POST to a verb", () => {
    const nouns = posts.filter(([, route]) => NOUNS.has(lastOf(route)) || NOT_KEPT.has(lastOf(route)));
    const others = posts.filter((row) => !nouns.includes(row)).map(([, route]) => lastOf(route));
    const verb = /^[a-z]+(-[a-z]+)*$/;
    // Of two words the first is the verb.
    const isVerb = (word: string): boolean => verb.test(word) && (word.includes("-") || !word.endsWith("s"));
    expect(others.filter((word) => !isVerb(word))).toEqual([]);
  });

  it("answer 200 with what they changed", () => {
    const verbs = posts.filter(([name, route]) => !NOUNS.has(lastOf(route)) && !(name in SINGLE));
    const silent = verbs.filter(
      ([, { replies }]) => !replies.some(({ status, media }) => status === 200 && media !== null),
    );
    expect(silent.map(([name]) => name)).toEqual([]);
  });

  it("are no DELETE, which answers 204 alone and has an error for the second time", () => {
    const deletes = ROWS.filter(([, { method }]) => method === "DELETE");
    for (const [name, { replies, errors }] of deletes) {
      expect([name, replies.map(({ status }) => status)]).toEqual([name, [204]]);
      // Whoever has signed out is not known any more: the second time is 401.
      expect([name, name === "signOut" || errors.some((code) => code.endsWith("-unknown"))]).toEqual([name, true]);
    }
    // What stays readable after its end is ended by a verb.
    expect(deletes.map(([name]) => name)).toEqual([
      ...["removeGroup", "removeBlackout", "revokeToken", "removeAccount", "signOut", "deleteWebhook"],
    ]);
  });
});
