import { describe, expect, it } from "vitest";
import { peekAppleId } from "./peek.ts";

const peek = (text: string): string | undefined => peekAppleId(Buffer.from(text));

describe("what a message that proves nothing calls itself", () => {
  it.each<[string, string, string | undefined]>([
    ["its UDID", "<dict><key>Status</key><string>Idle</string><key>UDID</key>\n\t<string>U-1</string></dict>", "U-1"],
    ["its EnrollmentID", "<key>EnrollmentID</key><string>E-1</string>", "E-1"],
    ["nothing where there is none", "<key>Status</key><string>Idle</string>", undefined],
    ["nothing where it is longer than any", `<key>UDID</key><string>${"U".repeat(101)}</string>`, undefined],
    ["the UDID at the end of a large one", `${"x".repeat(900_000)}<key>UDID</key><string>U-1</string>`, "U-1"],
  ])("is %s", (_title, text, wanted) => expect(peek(text)).toBe(wanted));
});
