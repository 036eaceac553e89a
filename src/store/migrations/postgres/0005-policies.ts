/** Policies: standing settings of updates, which devices have which, and how far they have come there. */
const T = 'text COLLATE "C"';

export const policies = `
CREATE TABLE policy (
  id ${T} PRIMARY KEY, name ${T} NOT NULL, state ${T} NOT NULL, everyone bigint NOT NULL, settings ${T} NOT NULL,
  created_at bigint NOT NULL, removed_at bigint, due_at bigint, lease_until bigint NOT NULL
);
CREATE INDEX policy_due ON policy (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX policy_everyone ON policy (created_at) WHERE everyone = 1;
CREATE TABLE policy_chunk (
  policy_id ${T} NOT NULL, n bigint NOT NULL, devices ${T} NOT NULL, made_at bigint,
  PRIMARY KEY (policy_id, n)
);
CREATE TABLE assignment (
  enrollment_id ${T} PRIMARY KEY, policy_id ${T} NOT NULL, at bigint NOT NULL, way ${T} NOT NULL, state ${T} NOT NULL,
  confirmed ${T}, objection ${T}, held bigint NOT NULL, profile ${T}, sent ${T}, tries bigint NOT NULL
);
CREATE INDEX assignment_policy ON assignment (policy_id, enrollment_id);
`;
