/** Faults to plant in a copy of the project: the simulation must find each of them. */

export interface Plant {
  readonly name: string;
  /** What is wrong with the server then. */
  readonly does: string;
  readonly file: string;
  /** Stands there once. */
  readonly find: string;
  readonly replace: string;
}

export const PLANTS: readonly Plant[] = [
  {
    name: "second-update-command",
    does: "hands out an update command while another is out",
    file: "src/service/enrollment/deliver.ts",
    find: 'return row.requestType !== "ScheduleOSUpdate" || updateOut === undefined || updateOut.uuid === row.uuid;',
    replace: "return true;",
  },
  {
    name: "order-again-after-lost-answer",
    does: "hands an order out again whose answer was lost",
    file: "src/service/enrollment/deliver.ts",
    find: 'if (row.once === 1 && row.state === "offered") return false;',
    replace: "",
  },
  {
    name: "window-opens-early",
    does: "takes a window that opens in two hours for open",
    file: "src/plans/jobs/window.ts",
    find: "const opensAt = at(day, window.from, zone);",
    replace: "const opensAt = at(day, window.from, zone) - 2 * 3_600_000;",
  },
  {
    name: "install-before-its-deadline",
    does: "orders an install as soon as it is downloaded, although its deadline is days ahead",
    file: "src/plans/jobs/install-moment.ts",
    find: 'if (deadlineAt === undefined || goal !== "installed") return undefined;',
    replace: 'if (deadlineAt === undefined || goal !== "downloaded") return undefined;',
  },
  {
    name: "order-after-its-window",
    does: "hands out orders whose time has passed",
    file: "src/service/enrollment/deliver.ts",
    find: "if (row.notAfter !== null && now >= row.notAfter) return false;",
    replace: "",
  },
  {
    name: "declared-in-another-zone",
    does: "takes the local moment of a declaration for one in UTC",
    file: "src/plans/jobs/by-declaration/enforcement.ts",
    find: "const at = instantIn(local, when.zone);",
    replace: 'const at = instantIn(local, "UTC");',
  },
  {
    name: "below-is-up-to-date",
    does: "takes an older version for the target",
    file: "src/catalog/satisfy.ts",
    find: 'order < 0 ? "below"',
    replace: 'order < 0 ? "there"',
  },
  {
    name: "job-without-next-action",
    does: "forgets when a job's next action is due",
    file: "src/service/enrollment/job.ts",
    find: "dueAt: dueAtOf(job),",
    replace: "dueAt: null,",
  },
  {
    name: "due-not-moved",
    does: "does not write that a due moment has changed",
    file: "src/service/enrollment/difference.ts",
    find: "if (value !== before[column]) (set",
    replace: 'if (column !== "dueAt" && value !== before[column]) (set',
  },
  {
    name: "never-looked-after-again",
    does: "does not look after a device again once it has answered",
    file: "src/service/enrollment/wake-up.ts",
    find: "unit.patch({ dueAt: Math.max(unit.now, (factsAskedAt ?? 0) + FACTS_AGE) });",
    replace: "unit.patch({ dueAt: null });",
  },
  {
    name: "stop-not-consulted",
    does: "does not ask whether a plan was stopped before it hands something out",
    file: "src/service/enrollment/heed.ts",
    find: 'if (jobRow === undefined || jobRow.state === "stopping" || jobRow.live === 0) return false;',
    replace: 'if (jobRow === undefined || jobRow.id !== "") return false;',
  },
  {
    name: "halt-not-consulted",
    does: "does not ask whether all plans are halted before it hands something out",
    file: "src/service/enrollment/withheld.ts",
    find: 'return halt?.active === 1 ? "halted" : undefined;',
    replace: "return undefined;",
  },
  {
    name: "exclusion-not-consulted",
    does: "does not ask whether a device is excluded before it hands something out",
    file: "src/service/enrollment/withheld.ts",
    find: 'if (isExcluded) return "excluded";',
    replace: "",
  },
  {
    name: "own-fault-said-to-be-well",
    does: "answers 200 where the answer of a device could not be stored",
    file: "src/http/device/reply.ts",
    find: "  endpoint.failed(error);\n  return { status: 503 };",
    replace: "  endpoint.failed(error);\n  return { status: 200 };",
  },
  {
    name: "answer-not-kept",
    does: "forgets a command once it is answered",
    file: "src/service/enrollment/queue.ts",
    find: 'unit.also({ put: "closedCommand", row: closed });',
    replace: "",
  },
  {
    name: "decision-stays-open",
    does: "does not write that a decision of a plan was carried out",
    file: "src/service/plans/make-job.ts",
    find: "set: { jobId, seed: null, doneAt: now },",
    replace: "set: { jobId },",
  },
  {
    name: "old-token-verdict",
    does: "believes what the push service says of a token that has been replaced since",
    file: "src/service/push/push-sent.ts",
    find: "tokenAt > since",
    replace: "tokenAt < since",
  },
  {
    name: "former-identity-believed",
    does: "takes an identity that another has superseded for its device",
    file: "src/service/enrollment/admit.ts",
    find: 'if (certificate.supersededAt !== null) return forbid("superseded", certificate);',
    replace: 'if (certificate.supersededAt !== null) return { kind: "known", enrollment, writes: [] };',
  },
  {
    name: "back-off-without-cap",
    does: "waits ever longer with a push that can't be sent",
    file: "src/service/push/push-result.ts",
    find: "Math.min(30_000 * 2 ** attempts, LONGEST_WAIT)",
    replace: "30_000 * 8 ** (attempts + 1)",
  },
  {
    name: "old-answer-read-again",
    does: "takes an answer again that has been taken before",
    file: "src/service/commands/poll.ts",
    find: 'uuid: input.report.commandUuid ?? "" },',
    replace: 'uuid: "" },',
  },
];
