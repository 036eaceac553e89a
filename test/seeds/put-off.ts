/** A push that could not be sent is put off for an hour at most, however often that happens. */

export interface PutOff {
  readonly attempts: number;
  readonly due_at: number;
}

/** As long as the service may ask for, and as long as the server waits by itself (ms). */
const LONGEST = 3_600_000;

export const PUT_OFF = "SELECT attempts, due_at FROM outbox WHERE enrollment_id = ?";

/** Looks at the pushes that wait for an enrollment. `latest`: the furthest that the server may take the time for. */
export function pushesPutOff(): (id: string, rows: readonly PutOff[], latest: number) => string[] {
  const tried = new Map<string, number>();
  return (id, rows, latest) => {
    const attempts = Math.max(0, ...rows.map((row) => row.attempts));
    const before = tried.get(id) ?? 0;
    tried.set(id, attempts);
    // Only what has just been put off is measured from now.
    if (attempts <= before) return [];
    return rows
      .filter((row) => row.due_at > latest + LONGEST)
      .map((row) => `its push is put off until ${new Date(row.due_at).toISOString()}`);
  };
}
