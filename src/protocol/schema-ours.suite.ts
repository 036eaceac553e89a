/** Our descriptions, told line by line as `schema-theirs.suite.ts` tells Apple's. */
import type { AnswerField, AnswerFields } from "./answers/field.ts";
import type { SecurityKeys } from "./answers/security-info.ts";
import type { Query } from "./commands/device-information-queries.ts";
import type { Fields, Shape, Since, Support } from "./commands/shape.ts";
import type { CommandDescription } from "./commands/description.ts";
import { compareVersions, type Platform, PLATFORMS } from "./index.ts";
import { tell } from "./schema-theirs.suite.ts";

const HAS_USER_ENROLLMENT: readonly Platform[] = ["iOS", "macOS", "visionOS"];

/** A key's terms over those of what it is in; a platform that it does not name does not have it. */
function within(parent: Support, own: Support | undefined): Support {
  if (own === undefined) return parent;
  const merged = Object.entries(own).map(([name, since]) => {
    const above = PLATFORMS.find((platform) => platform === name);
    const outer = above === undefined ? undefined : parent[above];
    const newer = outer === undefined || compareVersions(since.introduced, outer.introduced) > 0;
    return [name, { ...outer, ...since, introduced: newer ? since.introduced : outer.introduced }];
  });
  return Object.fromEntries(merged) as Support;
}

function tellSupport(path: string, support: Support): string[] {
  return PLATFORMS.flatMap((platform) => {
    const since: Since | undefined = support[platform];
    if (since === undefined) return [];
    const { accessRight, userEnrollment, ...terms } = since;
    return tell(path, platform, {
      ...terms,
      right: accessRight,
      userEnrollment: HAS_USER_ENROLLMENT.includes(platform) ? userEnrollment : undefined,
      // Our descriptions have no word for anything else: where Apple has, that shows as a difference.
      sharedIpad: platform === "iOS" ? "allowed" : undefined,
    });
  });
}

/** Everything we say of a command and the keys of its request; `queries` stand below the array that they are values of. */
export function tellDescription(
  requestType: string,
  description: Pick<CommandDescription, "support" | "fields">,
  queries: Readonly<Record<string, Query>> = {},
): string[] {
  return [
    ...tellSupport(requestType, description.support),
    ...tellFields(description.fields, description.support, ""),
    ...Object.entries(queries).flatMap(([name, query]) => {
      const path = `Queries[].${name}`;
      return [
        `${path} is optional`,
        `${path} is <string>`,
        ...tellSupport(path, within(description.support, query.support)),
      ];
    }),
  ];
}

function tellFields(fields: Fields, parent: Support, prefix: string): string[] {
  return Object.values(fields).flatMap((field) => {
    const path = `${prefix}${field.key}`;
    const support = within(parent, field.support);
    return [`${path} is ${field.presence}`, ...tellSupport(path, support), ...tellShape(field.value, support, path)];
  });
}

function tellShape(shape: Shape, support: Support, path: string): string[] {
  switch (shape.type) {
    case "string":
      return [`${path} is <string>${shape.oneOf === undefined ? "" : ` of ${Object.keys(shape.oneOf).join("|")}`}`];
    case "integer":
      return [`${path} is <integer>${shape.oneOf === undefined ? "" : ` of ${shape.oneOf.join("|")}`}`];
    case "array":
      return [
        `${path} is <array>`,
        ...tellShape(shape.items, support, shape.items.type === "variants" ? path : `${path}[]`),
      ];
    case "dict":
      return [`${path} is <dictionary>`, ...tellFields(shape.fields, support, `${path}.`)];
    case "variants":
      return Object.entries(shape.of).flatMap(([name, variant]) => {
        const own = within(support, variant.support);
        const item = `${path}[${name}]`;
        return [...tellSupport(item, own), `${item} is <dictionary>`, ...tellFields(variant.fields, own, `${item}.`)];
      });
    default:
      return [`${path} is <${shape.type}>`];
  }
}

const KIND_TYPES: Record<AnswerField["kind"], string> = {
  string: "<string>",
  integer: "<integer>",
  real: "<real>",
  boolean: "<boolean>",
  date: "<date>",
  strings: "<array> of <string>",
  dates: "<array> of <date>",
  errorChain: "<array> of <dictionary>",
};

const valuesOf = (oneOf: readonly string[] | undefined): string =>
  oneOf === undefined ? "" : ` of ${oneOf.join("|")}`;

export const tellAnswerFields = (fields: AnswerFields): string[] =>
  Object.values(fields).map((field) => `${field.key} is ${KIND_TYPES[field.kind]}${valuesOf(field.oneOf)}`);

export function tellSecurity(keys: SecurityKeys, prefix = ""): string[] {
  return Object.values(keys).flatMap((key) => {
    const path = `${prefix}${key.key}`;
    if (key.kind === "dict") return [`${path} is <dictionary>`, ...tellSecurity(key.keys, `${path}.`)];
    return [`${path} is ${KIND_TYPES[key.kind]}${key.kind === "string" ? valuesOf(key.oneOf) : ""}`];
  });
}
