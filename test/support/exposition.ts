/** Reads Prometheus' text format 0.0.4, and refuses whatever the format or its conventions do not have. */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"';
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)?\\})? (\\S+)$`);
const VALUE = /^(?:[+-]?(?:\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|Inf)|NaN|Nan)$/;

/** Throws an Error that names the line. */
export function readExposition(text: string): Map<string, Family> {
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const families = new Map<string, { name: string; type: string; help: string; samples: Sample[] }>();
  const seen = new Set<string>();
  let now: { name: string; type: string; help: string; samples: Sample[] } | undefined;
  for (const [at, line] of text.split("\n").entries()) {
    const fault = (what: string): Error => new Error(`line ${at + 1}: ${what}: ${line}`);
    if (line === "") continue;
    const [, help, words] = new RegExp(`^# HELP (${NAME}) (.+)$`).exec(line) ?? [];
    const [, typed, type] = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`).exec(line) ?? [];
    if (help !== undefined) {
      if (families.has(help)) throw fault("a family comes twice");
      now = { name: help, type: "", help: words ?? "", samples: [] };
      families.set(help, now);
    } else if (typed !== undefined) {
      if (now?.name !== typed || now.type !== "") throw fault("TYPE without HELP before it");
      now.type = type ?? "";
    } else if (line.startsWith("#")) {
      throw fault("a comment that is neither HELP nor TYPE");
    } else {
      const [, name = "", labels = "", value = ""] = SAMPLE.exec(line) ?? [];
      if (!VALUE.test(value)) throw fault("not a sample");
      if (now === undefined || now.type === "") throw fault("a sample before its TYPE");
      if (!namesOf(now).includes(name)) throw fault(`a sample among those of ${now.name}`);
      const sample = { name, labels: labelsIn(labels), value: Number(value.replace("Inf", "Infinity")) };
      const series = `${name} ${keyOf(sample.labels)}`;
      if (seen.has(series)) throw fault("a series comes twice");
      seen.add(series);
      now.samples.push(sample);
    }
  }
  for (const family of families.values()) checkFamily(family);
  return families;
}

function namesOf({ name, type }: Family): string[] {
  return type === "histogram" ? ["_bucket", "_sum", "_count"].map((end) => `${name}${end}`) : [name];
}

function labelsIn(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g)].map(
    ([, name = "", value = ""]) =>
      [name, value.replaceAll(/\\(.)/g, (_all, one: string) => (one === "n" ? "\n" : one))] as const,
  );
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) throw new Error(`a label comes twice: ${text}`);
  return Object.fromEntries(pairs);
}

function checkFamily({ name, type, samples }: Family): void {
  // Node's default metrics have names of their makers.
  if (!name.startsWith("uptick_")) return;
  if ((type === "counter") !== name.endsWith("_total")) throw new Error(`${name} is a ${type}`);
  if (/_(?:ms|milliseconds|minutes|hours|days|kb|mb)(?:_|$)/.test(name))
    throw new Error(`${name} is not in base units`);
  if (type === "counter" && samples.some(({ value }) => !(value >= 0))) throw new Error(`${name} is below 0`);
  if (type === "histogram") checkHistogram(name, samples);
}

const keyOf = (labels: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** Of each set of labels: buckets that grow to +Inf, which is the count. */
function checkHistogram(name: string, samples: readonly Sample[]): void {
  const others = ({ labels: { le: _le, ...more } }: Sample): string => keyOf(more);
  for (const [labels, alike] of Map.groupBy(samples, others)) {
    const buckets = alike.filter((one) => one.name === `${name}_bucket`);
    const bounds = buckets.map((one) => Number(one.labels["le"]?.replace("+Inf", "Infinity")));
    const counts = buckets.map(({ value }) => value);
    const grows = (values: readonly number[], least: number): boolean =>
      values.every((value, n) => n === 0 || value - (values[n - 1] ?? 0) >= least);
    const count = alike.filter((one) => one.name === `${name}_count`).map(({ value }) => value);
    const sums = alike.filter((one) => one.name === `${name}_sum`).length;
    const good = bounds.at(-1) === Infinity && grows(bounds, Number.MIN_VALUE) && grows(counts, 0) && sums === 1;
    if (!good || count.length !== 1 || count[0] !== counts.at(-1)) throw new Error(`${name} ${labels} is no histogram`);
  }
}
