/** The suite of every store, on SQLite with its threads. */
import { testAdminStore } from "../device-store.suite.ts";
import { sqliteBackend } from "./backend.suite.ts";

testAdminStore(sqliteBackend());
