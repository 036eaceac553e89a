/** Replies of real servers that were not as the OpenAPI document says, until the test that caused them has been told. */

const faults: string[] = [];

export function noteReplyFault(fault: string): void {
  faults.push(fault);
}

/** Throws when there were any since the last call. */
export function failForReplyFaults(): void {
  const found = faults.splice(0);
  if (found.length > 0) throw new Error(`Replies differ from the OpenAPI document:\n${found.join("\n")}`);
}
