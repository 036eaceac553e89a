import { describe, expect, it } from "vitest";
import type { AssignmentRow, PolicyRow } from "../../store/index.ts";
import { blankEnrollment } from "./admit.ts";
import { assignPolicy, createPolicy, policyChunkMade, removePolicy } from "./policy.ts";
import { NOTHING_SEEN, Scene } from "./scene.ts";
import { restrictionsAnswered, settle } from "./standing.ts";

const enrollment = {
  ...blankEnrollment("e1", "UDID-1", 0),
  state: "enrolled",
  platform: "iOS",
  osVersion: "16.7",
  supervised: 1,
} as const;
const policy = (id: string, more: Partial<PolicyRow> = {}): PolicyRow => ({
  id,
  name: id,
  state: "active",
  everyone: 0,
  settings: { Deferrals: { CombinedPeriodInDays: 7 } },
  createdAt: 10,
  removedAt: null,
  dueAt: null,
  leaseUntil: 0,
  createdBy: null,
  ...more,
});
const assignment = (policyId: string, more: Partial<AssignmentRow> = {}): AssignmentRow => ({
  enrollmentId: "e1",
  policyId,
  at: 0,
  way: "profile",
  state: "pending",
  confirmed: null,
  objection: null,
  held: 0,
  profile: null,
  sent: null,
  tries: 0,
  ...more,
});
const ask = (policyId: string) => ({ policyId, enrollmentId: "e1", firstId: "f-1", now: 20 });

describe("giving a policy to a device", () => {
  const given = (id: string, has: PolicyRow, more: Partial<PolicyRow> = {}) =>
    assignPolicy.decide(ask(id), {
      ...NOTHING_SEEN,
      enrollment: [enrollment],
      assignment: [assignment(has.id)],
      policy: [has],
      everyone: [],
      given: [policy(id, more)],
    } as never).writes;

  it("takes the place of an older one and leaves a newer one, whichever is given last", () => {
    expect(given("b", policy("a", { createdAt: 9 }))).not.toEqual([]);
    expect(given("b", policy("c", { createdAt: 11 }))).toEqual([]);
    expect(given("b", policy("c"))).toEqual([]);
    expect(given("b", policy("a"))).not.toEqual([]);
  });

  it("takes the place of a newer one that was removed", () => {
    expect(given("b", policy("c", { createdAt: 11, state: "removed" }))).not.toEqual([]);
  });

  it("writes nothing a second time, and nothing once it was removed", () => {
    expect(given("b", policy("b"))).toEqual([]);
    expect(given("b", policy("a", { createdAt: 9 }), { state: "removed" })).toEqual([]);
  });
});

describe("a policy's row", () => {
  it("is not put to rest by a turn that began before its removal", () => {
    const done = { policyId: "p", state: "active", n: null, now: 5 } as const;
    expect(policyChunkMade.decide(done, {}).writes).toEqual([
      { patch: "policy", where: { id: "p", state: "active" }, set: { dueAt: null, leaseUntil: 0 } },
    ]);
  });

  it("is removed once, and the time of that stays", () => {
    const removed = policy("p", { state: "removed", removedAt: 7 });
    expect(removePolicy.decide({ policyId: "p", now: 9 }, { policy: [removed] }).writes).toEqual([]);
  });

  it("holds its devices in chunks of a thousand, each once", () => {
    const devices = Array.from({ length: 2001 }, (_, i) => `e${i}`);
    const { writes } = createPolicy.decide(
      { id: "p", name: "p", settings: {}, everyone: false, devices, by: "token:t", now: 1 },
      {},
    );
    const chunks = writes.flatMap((write) => ("insert" in write && write.insert === "policyChunk" ? [write.row] : []));
    expect(chunks.map((chunk) => chunk.devices.length)).toEqual([1000, 1000, 1]);
    expect(chunks.flatMap((chunk) => chunk.devices)).toEqual(devices);
  });
});

describe("a device's restrictions profile", () => {
  const sceneOf = (more: Partial<AssignmentRow> = {}, state: PolicyRow["state"] = "active", osVersion = "16.7") =>
    new Scene(
      { ...enrollment, osVersion },
      { ...NOTHING_SEEN, assignment: [assignment("p", more)], policy: [policy("p", { state })] },
      "0198c000-0000-7000-8000-000000000001",
      100,
    );
  const queued = (scene: Scene) => [...scene.outstanding.values()].map(({ requestType }) => requestType);

  it("is one command, however often it is looked at", () => {
    const scene = sceneOf();
    for (let turn = 0; turn < 3; turn += 1) settle(scene, true);
    expect(queued(scene)).toEqual(["InstallProfile"]);
    expect(scene.assignment).toMatchObject({ tries: 1, state: "pending", held: 0 });
  });

  it("is not sent where Apple's rules forbid the command, and the rule is shown", () => {
    const scene = sceneOf();
    scene.patch({ accessRights: 16 });
    settle(scene);
    expect(queued(scene)).toEqual([]);
    expect(scene.assignment?.state).toBe("failed");
    expect(scene.assignment?.objection).toContain("InstallProfile");
  });

  it("that was refused at its first try is not removed later: it is not there", () => {
    const scene = sceneOf();
    settle(scene);
    const [row] = scene.outstanding.values();
    if (row === undefined) throw new Error("nothing was sent");
    scene.patchAssignment({ held: 1 });
    scene.close(row, "Error", null);
    restrictionsAnswered(scene, row, "Error", []);
    expect(scene.assignment).toMatchObject({ held: 0, objection: "InstallProfile: Error" });
    scene.policy = policy("p", { state: "removed" });
    settle(scene);
    expect(scene.assignment).toBeUndefined();
    expect(queued(scene)).toEqual([]);
  });

  it("is installed again where its removal may have reached the device before the policy came back", () => {
    const scene = sceneOf();
    settle(scene);
    const wish = scene.assignment?.sent ?? "";
    const removing = sceneOf({ held: 1, profile: wish }, "removed");
    settle(removing);
    const [row] = removing.outstanding.values();
    if (row === undefined) throw new Error("nothing was sent");
    expect(row.requestType).toBe("RemoveProfile");
    removing.update(row, { state: "offered", offers: 1 });
    removing.policy = policy("p");
    settle(removing);
    expect(queued(removing)).toEqual(["InstallProfile"]);
  });

  it("stays alone where its removal has not left yet and the policy comes back", () => {
    const scene = sceneOf();
    settle(scene);
    const removing = sceneOf({ held: 1, profile: scene.assignment?.sent ?? "" }, "removed");
    settle(removing);
    removing.policy = policy("p");
    settle(removing);
    expect(queued(removing)).toEqual([]);
    expect(removing.assignment?.state).toBe("applied");
  });

  it("waits while it is not known whether the device is supervised", () => {
    const scene = sceneOf();
    scene.patch({ supervised: null });
    settle(scene);
    expect(queued(scene)).toEqual([]);
    expect(scene.assignment).toMatchObject({ way: "unknown", state: "pending" });
  });
});
