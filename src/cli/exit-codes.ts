/** The exit codes of `uptick`, which scripts read. docs/cli.md has the same table. */
export const EXIT_CODES = {
  0: "It is done.",
  1: "It could not be done. stderr has a message, a code of docs/errors.md and a remedy.",
  2: "The command line is wrong: an unknown command, a missing argument or an invalid option. Nothing was asked of the server.",
  3: "`uptick behind` alone: at least one device is behind.",
  130: "SIGINT (Ctrl-C) ended `uptick demo` or `uptick simulate` before its end.",
  141: "The reader of `uptick demo` or `uptick simulate` is gone, as with `| head`.",
  143: "SIGTERM ended `uptick demo` or `uptick simulate` before its end.",
} as const;

export type ExitCode = keyof typeof EXIT_CODES;
