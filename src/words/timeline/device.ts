/** The timeline's words for a device's enrollment and identity: who it is, and whether it is believed. */
import type { Json } from "../../store/index.ts";
import { dayText } from "../day.ts";
import { type Entry, textOf, timesOf } from "./entry.ts";

export const DEVICE_ENTRIES = {
  authenticate: ({ s, d }) =>
    d["renewal"] === true ? "Renews its identity" : `Authenticates: ${s("productName")} on ${s("osVersion")}`,
  "token-update": ({ d }) => (d["first"] === true ? "Enrolled" : "Updated its push token"),
  "enrolled-anew": () => "Enrolled again: everything meant for its former enrollment is withdrawn",
  "check-out": () => "Leaves: its profile was removed",
  "bootstrap-token-escrowed": () => "Escrows its bootstrap token",
  "bootstrap-token-removed": () => "Removes its bootstrap token",
  "bootstrap-token-fetched": ({ d }) =>
    d["stored"] === true ? "Fetches its bootstrap token" : "Asks for a bootstrap token; none is stored",
  "check-in-other": ({ s }) => `Sends ${s("messageType")}`,
  removed: ({ s }) => `Removed by ${s("by")} (it was ${s("before")})`,
  "serial-claimed-by": ({ s }) =>
    `Another device enrolled with its serial number ${s("serial")}: id ${s("claimant")}, UDID ${s("udid")}`,
  "serial-handed-on": ({ s }) =>
    `Another device now has its serial number ${s("serial")}: id ${s("heir")}, UDID ${s("udid")}`,
  "machine-changed": ({ d }) =>
    `Another machine uses this UDID: it was ${machineText(d["before"])} and is ${machineText(d["after"])}`,
  quarantined: ({ d }) => {
    if (d["removed"] === true) return "Contacted the server after an admin had removed it: in quarantine";
    return "Presented a valid certificate but is not enrolled here: in quarantine";
  },
  "identity-returned": () => "Uses its former identity again; Uptick renews it again",
  // An older name of the next.
  "identity-asks": ({ s }) =>
    `A certificate that is not known here (${s("fingerprint").slice(0, 16)}…) was presented for this device: it waits for uptick adopt`,
  "certificate-pending": ({ s }) =>
    `A certificate that is not known here (${s("fingerprint").slice(0, 16)}…) was presented for this device: it waits for uptick adopt`,
  "renewal-impossible": ({ s }) => `Its identity can't be renewed: ${s("because")}`,
  "serial-claimed": ({ s }) =>
    s("udid") === ""
      ? `Reports the serial number ${s("serial")}, which has the form of a UDID: it is not used to name the device`
      : `Reports the serial number ${s("serial")}, which belongs to the enrolled device with UDID ${s("udid")}: it is shown as a claim`,
  "serial-taken-over": ({ s }) =>
    `Now has the serial number ${s("serial")}; the device that had it before (UDID ${s("udid")}) has left or was removed`,
  "topic-differs": ({ s }) =>
    `Enrolled with the topic ${s("topic")}, but pushes are sent for ${s("ours")}: it can't be pushed`,
  adopted: ({ s }) => `An admin adopted the certificate ${s("fingerprint").slice(0, 16)}…`,
  "zone-set": ({ s }) =>
    s("zone") === "" ? "Time zone override removed" : `An admin set its time zone to ${s("zone")}`,
  "device-excluded": ({ s }) => `Excluded by ${s("by")} until ${dayText(s("until"))}: ${s("reason")}`,
  "exclusion-ends-soon": ({ s }) => `Its exclusion ends on ${dayText(s("until"))}: plans then continue with it`,
  "exclusion-ended": ({ s }) =>
    s("by") === "" ? `Its exclusion until ${dayText(s("until"))} has ended` : `${s("by")} ended its exclusion`,
  "tags-changed": ({ s, d }) => {
    const { added, removed } = { added: tagsText(d["added"]), removed: tagsText(d["removed"]) };
    const parts = [added === "" ? "" : `added ${added}`, removed === "" ? "" : `removed ${removed}`];
    return `${s("by") || "An admin"} ${parts.filter((part) => part !== "").join(" and ") || "changed its tags"}`;
  },
  "message-rejected": ({ s, d }) => `Sends what can't be read (${s("code")})${timesOf(d["count"])}: ${s("message")}`,
  "identity-refused": ({ s, d }) =>
    `Its identity was refused (${s("code")}${s("address") === "" ? "" : `, from ${s("address")}`})${timesOf(d["count"])}: ${s("message")}`,
} satisfies Readonly<Record<string, (entry: Entry) => string>>;

/** "the tag lab", "the tags lab, pilot"; "" for none. */
function tagsText(value: Json | undefined): string {
  const tags = Array.isArray(value) ? value.map(textOf) : [];
  return tags.length === 0 ? "" : `the tag${tags.length === 1 ? "" : "s"} ${tags.join(", ")}`;
}

function machineText(value: Json | undefined): string {
  const { serial, productName } = (value ?? {}) as { readonly serial?: Json; readonly productName?: Json };
  return `${textOf(productName) || "of an unknown model"} with ${textOf(serial) || "no serial"}`;
}
