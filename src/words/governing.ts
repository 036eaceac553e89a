/** What another plan, ring, release or deadline is for one device, in words: for the dry run of an edit, an order or a stop. */
export interface UnderWords {
  readonly plan: { readonly name: string } | null;
  readonly ring: string | null;
  readonly release: string | null;
  readonly job: string | null;
  readonly deadlineLocal: string | null;
}

/** One sentence for each of `changes` (`GOVERNING_CHANGES` of the contract). */
export function governingWords(changes: readonly string[], before: UnderWords, after: UnderWords): string {
  const words: Readonly<Record<string, () => string>> = {
    plan: () => planWords(before.plan?.name, after.plan?.name),
    ring: () => ringWords(before.ring, after.ring),
    release: () => releaseWords(before.release, after.release),
    job: () => jobWords(before.job, after.job),
    deadline: () => deadlineWords(before.deadlineLocal, after.deadlineLocal),
  };
  return changes.map((change) => words[change]?.() ?? "").join(" ");
}

function planWords(before: string | undefined, after: string | undefined): string {
  if (after === undefined) return `No plan governs it after "${before ?? ""}".`;
  return before === undefined ? `It joins the plan "${after}".` : `It moves from the plan "${before}" to "${after}".`;
}

/** Rings without names, or of one name: an edit has put other rings before it. */
const ringWords = (before: string | null, after: string | null): string =>
  before === after ? "Its ring has another place." : `It moves from ${ringText(before)} to ${ringText(after)}.`;

const ringText = (ring: string | null): string => (ring === null ? "no ring" : `the ring "${ring}"`);

function releaseWords(before: string | null, after: string | null): string {
  if (after === null) return "Its plan has no release for it.";
  return before === null ? `Its plan wants ${after}.` : `Its plan wants ${after}, not ${before}.`;
}

function jobWords(before: string | null, after: string | null): string {
  if (after === null) return `Its job to ${before ?? ""} is withdrawn.`;
  if (before === null) return `It gets a job to ${after}.`;
  return before === after ? `Its job to ${after} is replaced.` : `Its job goes to ${after}, not to ${before}.`;
}

/** What the plans mean for a device, in short. */
export function underText({ plan, ring, release, job, deadlineLocal }: UnderWords): string {
  if (plan === null) return job === null ? "no plan governs it" : `no plan governs it; a job to ${job} ends`;
  const parts = [
    `the plan "${plan.name}"`,
    ...(ring === null ? [] : [`the ring "${ring}"`]),
    release === null ? "no release" : `the release ${release}`,
    ...(job === null ? [] : [`a job to ${job}`]),
    ...(deadlineLocal === null ? [] : [`deadline ${shown(deadlineLocal)}`]),
  ];
  return parts.join(", ");
}

const shown = (local: string): string => local.replace("T", " ");

function deadlineWords(before: string | null, after: string | null): string {
  if (after === null) return "It has no deadline.";
  const to = shown(after);
  return before === null ? `Its deadline is ${to}.` : `Its deadline moves from ${shown(before)} to ${to}.`;
}

export interface GovernedWords {
  /** Those that match, in their order. */
  readonly plans: readonly { readonly name: string; readonly state: "active" | "paused" }[];
  readonly halted: boolean;
  /** A job that goes before them: of a once plan, or an install that another plan has begun; null: there is none. */
  readonly job: { readonly kind: "once" | "standing"; readonly plan: string } | null;
}

/** Which plan governs a device, and why: the first row of the order that holds. */
export function whyGoverned({ plans: [first, ...more], halted, job }: GovernedWords): string {
  const stop = halted ? "All plans are halted, so nothing is given. " : "";
  if (job !== null) {
    const why =
      job.kind === "once"
        ? `The job of the once plan "${job.plan}" is under way, and goes before standing plans`
        : `An install of the plan "${job.plan}" has begun, and is followed to its end`;
    return `${stop}${why}${first === undefined ? "." : `; then "${first.name}" governs the device.`}`;
  }
  if (first === undefined) return "No standing plan has the device in its scope and a target for its platform.";
  const why = more.length === 0 ? "the only standing plan that matches it" : "the first in the order that matches it";
  const paused = first.state === "paused" ? " It is paused and gives nothing, and no later plan takes its place." : "";
  return `${stop}"${first.name}" governs the device: it is ${why}.${paused}`;
}
