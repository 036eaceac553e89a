/** Runs before each test file: every property that names no seed uses the one in force. */
import fc from "fast-check";
import { propertySeed } from "./seed.ts";

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: propertySeed() });
