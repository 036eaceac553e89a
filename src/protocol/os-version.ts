/** OS versions as Apple writes them: "26.6.2", compared component by component. */

/** A release by name: marketing version, and what tells builds and security responses apart. */
export interface ReleaseName {
  /** e.g. "26.6.2" */
  readonly version: string;
  /** e.g. "25G83" */
  readonly build?: string;
  /** Build of a Rapid Security Response or Background Security Improvement; equals `build` when none is installed. */
  readonly supplementalBuild?: string;
  /** Suffix of a security response, e.g. "(a)". */
  readonly extra?: string;
}

/**
 * Texts that are remembered: a choice of a release compares the few versions of Apple's list with each other again and again.
 * Devices may say anything, so there are not many of them, and no long ones.
 */
const MOST = 2000;
const LONGEST = 20;
const REMEMBERED = new Map<string, readonly number[] | undefined>();

/** The components of a version, or undefined when the text is none: 1 to 6 numbers between dots, nothing else. */
export function parseVersion(text: string): readonly number[] | undefined {
  const known = REMEMBERED.get(text);
  if (known !== undefined || REMEMBERED.has(text)) return known;
  const parsed = read(text);
  if (text.length > LONGEST) return parsed;
  if (REMEMBERED.size >= MOST) REMEMBERED.clear();
  REMEMBERED.set(text, parsed);
  return parsed;
}

function read(text: string): readonly number[] | undefined {
  if (!/^\d{1,9}(\.\d{1,9}){0,5}$/.test(text)) return undefined;
  return text.split(".").map(Number);
}

export function isVersion(text: string): boolean {
  return parseVersion(text) !== undefined;
}

/**
 * Orders two versions; missing components count as 0 ("26" equals "26.0"). Total, so that nothing a device says can break a
 * sort: what is no version comes before every version, and among its like by its text.
 */
export function compareVersions(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0;
  const left = parseVersion(a);
  const right = parseVersion(b);
  if (left === undefined || right === undefined) {
    if (left !== undefined) return 1;
    if (right !== undefined) return -1;
    return a < b ? -1 : 1;
  }
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return 0;
}

/** The first component, or undefined when the text is no version. On macOS 10.x every 10.n was its own major. */
export function majorOf(version: string): number | undefined {
  return parseVersion(version)?.[0];
}
