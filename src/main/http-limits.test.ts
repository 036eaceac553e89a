import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FREE_BYTES } from "../http/body/index.ts";
import { DEVICE_BODIES, DEVICE_LIMITS, WEB_BODIES, WEB_LIMITS } from "./http-limits.ts";

const MIB = 1024 * 1024;

describe("what request bodies may take together", () => {
  it("is what the documentation says", () => {
    const docs = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");
    const row = (of: string, bytes: number): string => `| ${of} | ${bytes / MIB} MiB |`;
    const { total, claimed, stranger } = DEVICE_BODIES;
    const firsts = DEVICE_LIMITS.connections * FREE_BYTES;
    const ofAdmins = WEB_LIMITS.connections * FREE_BYTES;
    expect(docs).toContain(row(`the first ${FREE_BYTES / 1024} KiB of each connection of devices`, firsts));
    expect(docs).toContain(row("everything above that, together", total));
    expect(docs).toContain(row("of these: senders without any proof of identity", stranger));
    expect(docs).toContain(
      row("of these: senders with a signature, or with a certificate that the database does not have", claimed),
    );
    expect(docs).toContain(row("of these: reserved for known devices", total - claimed - stranger));
    expect(docs).toContain(row(`admins: the first ${FREE_BYTES / 1024} KiB of each connection`, ofAdmins));
    expect(docs).toContain(row("admins: everything above that, together", WEB_BODIES.total));
    expect(docs).toContain(`The worst case is ${(firsts + total + ofAdmins + WEB_BODIES.total) / MIB} MiB.`);
  });
});
