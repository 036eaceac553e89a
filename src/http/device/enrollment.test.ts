import { describe, expect, it } from "vitest";
import type { LinkEndpoint } from "../../service/index.ts";
import { answerEnrollment } from "./enrollment.ts";

function linkEndpoint(changes: Partial<LinkEndpoint> = {}) {
  const failed: unknown[] = [];
  const links: LinkEndpoint = {
    organization: "School",
    look: async () => ({ kind: "open", expiresAt: 0 }),
    download: async () => ({ kind: "profile", profile: Uint8Array.of(1) }),
    failed: (error) => void failed.push(error),
    ...changes,
  };
  return { links, failed };
}

describe("the answer to an enrollment link", () => {
  it.each([
    ["page", "token", { look: () => Promise.reject(new Error("SELECT * FROM vault")) }],
    ["profile", "token/profile", { download: () => Promise.reject(new Error("SELECT * FROM vault")) }],
  ])("is a 503 in words where the %s meets a fault of ours, which is told once", async (_what, path, changes) => {
    const { links, failed } = linkEndpoint(changes);
    const { status, headers, body } = await answerEnrollment(links, "GET", path);
    expect([status, headers["cache-control"], failed.length]).toEqual([503, "no-store", 1]);
    expect(body).toContain("try again later");
    expect(body).not.toContain("vault");
  });

  it("says how many seconds to wait, never none", async () => {
    const { links } = linkEndpoint({ download: async () => ({ kind: "wait", ms: 1 }) });
    const { status, headers } = await answerEnrollment(links, "GET", "token/profile");
    expect([status, headers["retry-after"]]).toEqual([429, "1"]);
  });

  it("has a button that leads nowhere else, whatever token the service takes for good", async () => {
    const { links } = linkEndpoint();
    const { body } = await answerEnrollment(links, "GET", `"><b onclick='x'>`);
    expect(body).toContain('href="/enroll/%22%3E%3Cb%20onclick%3D&#39;x&#39;%3E/profile"');
  });
});
