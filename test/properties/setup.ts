/** Runs before each test file: every property that names no seed uses the one in force, keys come from the run's pool, and replies are held to the document. */
import fc from "fast-check";
import { afterEach, inject } from "vitest";
import { useKeyPool } from "../../simulator/keys.ts";
import { beginKeys, keyPool } from "../support/key-pool.ts";
import { failForReplyFaults } from "../support/reply-faults.ts";
import { propertySeed } from "./seed.ts";

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: propertySeed() });

const keys = keyPool(inject("keyDirectory"));
useKeyPool(keys);
beginKeys(keys);

afterEach(failForReplyFaults);
