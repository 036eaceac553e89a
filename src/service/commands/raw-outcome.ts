/** The outcome of a command of the raw command API, with the device's own bytes. */

/** The outcome of a raw command. `answer`: the device's own bytes (XML property list). */
export type RawOutcome =
  | { readonly kind: "answered"; readonly commandUuid: string; readonly status: string; readonly answer: Uint8Array }
  | {
      readonly kind: "pending";
      readonly commandUuid: string;
      readonly state: "queued" | "offered";
      /** Delivered again until the device answers. False: only once; if its answer is lost it ends as `answer-lost`. */
      readonly resent: boolean;
    }
  | { readonly kind: "closed"; readonly commandUuid: string; readonly outcome: string };

/** The same, and what it was. `createdBy`: who sent it; null for the server's own. */
export type CommandState = RawOutcome & { readonly requestType: string; readonly createdBy: string | null };
