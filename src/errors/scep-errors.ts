/** A device, or the person who holds it, meets these before it is enrolled: over SCEP, or at an enrollment link. */
import type { ErrorEntry } from "./entry.ts";

export const SCEP_ERRORS = {
  "scep-invalid": {
    status: 400,
    when: "A SCEP message can't be decoded or its signature does not verify.",
    remedy: "Enroll again with a fresh profile.",
  },
  "challenge-missing": {
    status: 400,
    when: "A SCEP request has no challenge: the client does not use a profile of this server, or the profile was edited.",
    remedy: "Make an enrollment profile with uptick enroll and install it unchanged.",
  },
  "challenge-unknown": {
    status: 400,
    when: "The server does not know the challenge of a SCEP request: the profile is from another server or is missing in the restored backup, or it was downloaded from a link more than a day ago.",
    remedy: "Make a new enrollment profile with uptick enroll, or open the link again.",
  },
  "challenge-used-up": {
    status: 400,
    when: "The enrollment profile has already been used by its maximum number of devices.",
    remedy:
      "Make a new enrollment profile with uptick enroll, with --uses for more than one device; or open the link again.",
  },
  "challenge-expired": {
    status: 400,
    when: "The enrollment profile has expired.",
    remedy: "Make a new enrollment profile with uptick enroll, with --hours for a longer time; or open the link again.",
  },
  "link-revoked": {
    status: 410,
    when: "The enrollment link was revoked before someone opened it or enrolled with a profile from it.",
    remedy: "Make a new link with uptick enroll link.",
  },
  "link-used-up": {
    status: 410,
    when: "The enrollment link has already been used by its maximum number of devices.",
    remedy: "Make a new link with uptick enroll link, with --uses for more devices.",
  },
  "link-expired": {
    status: 410,
    when: "The enrollment link has expired.",
    remedy: "Make a new link with uptick enroll link, with --hours for a longer time.",
  },
} as const satisfies Record<string, ErrorEntry>;
