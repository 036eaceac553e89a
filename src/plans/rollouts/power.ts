/** What a ring can prove at most (targets R13). */

/** The failure rate, 0 to 1, above which `devices` without a failure would be seen in less than one case of ten. */
export const powerOf = (devices: number): number => 1 - 0.1 ** (1 / devices);
