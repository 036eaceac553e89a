/** The suite of every store, on SQLite with its threads. */
import { testDeviceStore } from "../device-store.suite.ts";
import { sqliteBackend } from "./backend.suite.ts";

testDeviceStore(sqliteBackend());
