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
    when: "A SCEP request came without a challenge: another client than a device with a profile of this server, or an edited profile.",
    remedy: "Make an enrollment profile with uptick enroll and install it unchanged.",
  },
  "challenge-unknown": {
    status: 400,
    when: "A SCEP request came with a challenge that is not known here: a profile of another server, from before a backup was restored, or fetched by a link more than a day before.",
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
    when: "An enrollment link was opened, or a device came with a profile that it gave, after it was revoked.",
    remedy: "Make a new link with uptick enroll link.",
  },
  "link-used-up": {
    status: 410,
    when: "An enrollment link was opened, or a device came with a profile that it gave, when as many devices had enrolled as it was made for.",
    remedy: "Make a new link with uptick enroll link, with --uses for more devices.",
  },
  "link-expired": {
    status: 410,
    when: "An enrollment link was opened, or a device came with a profile that it gave, after the link's end.",
    remedy: "Make a new link with uptick enroll link, with --hours for a longer time.",
  },
} as const satisfies Record<string, ErrorEntry>;
