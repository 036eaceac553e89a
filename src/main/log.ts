/** The log of the process: one line an event, secrets cut out, to be read by machines or by people. */
import { writeSync } from "node:fs";
import { pino } from "pino";
import { cleanLines } from "../cli/index.ts";
import { redactFields } from "./redact.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface Logger {
  /**
   * `event` is a fixed short text; what varies goes into `fields`, whose names are not `event`, `level` or `time`. An
   * Error may stand in any field.
   */
  debug(event: string, fields?: object): void;
  info(event: string, fields?: object): void;
  warn(event: string, fields?: object): void;
  error(event: string, fields?: object): void;
  /** A log whose every line carries `fields` too. */
  child(fields: object): Logger;
}

export interface LogOptions {
  /** Least weight that is written. */
  readonly level: LogLevel;
  /** One JSON object a line, or text for people. */
  readonly format: "json" | "pretty";
  /** Takes whole lines; stdout when absent. */
  readonly destination?: LineSink;
  /** Real time, integer ms UTC; the system's when absent. */
  readonly now?: () => number;
}
export interface LineSink {
  write(line: string): unknown;
}

/** What JSON leaves as it is and a terminal obeys nevertheless: controls of one byte, direction marks, line separators. */
const OBEYED = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** The same JSON, harmless on a terminal. */
const harmless = (json: string): string =>
  json.replace(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** `12:00:00.000 WARN  event name=value`, an error's stack on separate lines. */
function prettyLine(json: string): string {
  const { time, level, event, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const stacks: string[] = [];
  const words = Object.entries(fields).map(([name, value]) => {
    if (typeof value === "object" && value !== null && "stack" in value) {
      const { stack, message, ...rest } = value as Record<string, unknown>;
      stacks.push(cleanLines(String(stack)).replaceAll(/^/gm, "    "));
      return `${name}=${harmless(JSON.stringify({ message, ...rest }))}`;
    }
    return `${name}=${typeof value === "string" && /^[^\s"=\p{C}]+$/u.test(value) ? value : harmless(JSON.stringify(value))}`;
  });
  const head = `${String(time).slice(11, 23)} ${String(level).toUpperCase().padEnd(5)} ${String(event)}`;
  return `${[[head, ...words].join(" "), ...stacks].join("\n")}\n`;
}

/**
 * stdout for a server, which outlives it: under a full disk, and with a reader that is gone, lines are lost until they can be
 * written again. Node's own stream would end the process, and takes nothing more after an error.
 */
export function lastingStdout(): LineSink {
  let broken = false;
  process.stdout.on("error", () => (broken = true));
  return {
    write(line) {
      if (!broken) return process.stdout.write(line);
      try {
        return writeSync(process.stdout.fd, line);
      } catch {
        return undefined;
      }
    },
  };
}

function wrap(log: pino.Logger): Logger {
  const at =
    (level: LogLevel) =>
    (event: string, fields?: object): void => {
      if (log.isLevelEnabled(level)) log[level](fields === undefined ? {} : redactFields(fields), event);
    };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => wrap(log.child(redactFields(fields))),
  };
}

export function createLogger({ level, format, destination = process.stdout, now = Date.now }: LogOptions): Logger {
  const sink = {
    write: (line: string): void => void destination.write(format === "json" ? harmless(line) : prettyLine(line)),
  };
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    messageKey: "event",
    // An error comes in as plain data already; pino's own serializer would join its causes into one message.
    serializers: { err: (error: unknown) => error },
  };
  return wrap(pino(options, sink));
}
