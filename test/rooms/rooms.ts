/** The table of rooms as data: which folder may import which other, which packages and which parts of Node. */

export interface Room {
  readonly folder: string;
  /** Rooms it may import, through their `index.ts`. */
  readonly rooms: readonly string[] | "any";
  /** Rooms of which it may import types only. */
  readonly typesOf?: readonly string[];
  /** npm packages; a name that ends in "/" stands for the whole scope. "any": every runtime dependency. */
  readonly packages: readonly string[] | "any";
  readonly builtins: readonly string[] | "any";
  /** Folder whose files it may import directly, being a part of it. */
  readonly partOf?: string;
  /** The only rooms that may enter, where the door is not for everyone that may enter its neighbours. */
  readonly onlyFor?: readonly string[];
  /** May import() a path that is known only when it runs. */
  readonly computedImports?: true;
  /** Its tests keep to the table too: nothing is shared, so that a mistake can't cancel itself out. */
  readonly isolated?: true;
  /** No clock: `new Date()` without an argument is refused too. */
  readonly pure?: true;
}

const HTTP_BUILTINS = ["node:http", "node:https", "node:tls", "node:net", "node:stream", "node:crypto"];

export const ROOMS: readonly Room[] = [
  { folder: "src/errors", rooms: [], packages: [], builtins: [], pure: true },
  // Rows as CSV, the same from the server and from the CLI.
  { folder: "src/csv", rooms: [], packages: [], builtins: [], pure: true },
  { folder: "src/protocol", rooms: ["src/errors"], packages: ["saxes"], builtins: [], pure: true },
  {
    folder: "src/identity",
    rooms: ["src/errors"],
    packages: ["@peculiar/", "asn1js", "reflect-metadata"],
    builtins: ["node:crypto", "node:buffer", "node:util"],
    pure: true,
  },
  { folder: "src/catalog", rooms: ["src/protocol", "src/errors"], packages: [], builtins: [], pure: true },
  {
    folder: "src/plans",
    rooms: ["src/protocol", "src/catalog", "src/errors"],
    packages: ["temporal-polyfill"],
    builtins: [],
    pure: true,
  },
  {
    folder: "src/store",
    rooms: ["src/errors"],
    typesOf: ["src/protocol", "src/catalog", "src/plans"],
    packages: ["kysely"],
    builtins: "any",
  },
  {
    folder: "src/store/sqlite",
    partOf: "src/store",
    onlyFor: ["src/main", "src/virtual"],
    rooms: ["src/store", "src/errors"],
    typesOf: ["src/protocol", "src/catalog", "src/plans"],
    packages: ["kysely"],
    builtins: "any",
    // The worker thread loads the transactions from a path it is given: a backend must not know the service.
    computedImports: true,
  },
  {
    folder: "src/store/postgres",
    partOf: "src/store",
    onlyFor: ["src/main"],
    rooms: ["src/store", "src/errors"],
    typesOf: ["src/protocol", "src/catalog", "src/plans"],
    packages: ["kysely", "pg"],
    builtins: "any",
  },
  // What a person reads: sentences alone, so that a page in a browser can have them too. What they are about it knows as types.
  {
    folder: "src/words",
    rooms: [],
    typesOf: ["src/plans", "src/catalog", "src/store"],
    packages: [],
    builtins: [],
    pure: true,
  },
  {
    folder: "src/service",
    rooms: [
      "src/protocol",
      "src/identity",
      "src/catalog",
      "src/plans",
      "src/words",
      "src/store",
      "src/csv",
      "src/errors",
    ],
    // The shapes of views, and no more: the writer's thread loads the transactions, and must not load zod.
    typesOf: ["src/contract"],
    packages: [],
    builtins: [],
    pure: true,
  },
  { folder: "src/contract", rooms: ["src/errors"], packages: ["zod"], builtins: [], pure: true },
  // The API as a caller has it, in the CLI and in a browser's page.
  { folder: "src/client", rooms: ["src/contract", "src/errors"], packages: ["zod"], builtins: [], pure: true },
  // What both servers read from the head of a request, so that neither has its own way.
  { folder: "src/http/head", rooms: [], packages: [], builtins: HTTP_BUILTINS },
  // How both faces read request bodies: a budget that they share in kind, so it lies in neither.
  { folder: "src/http/body", rooms: [], packages: [], builtins: [] },
  {
    folder: "src/http/device",
    rooms: [
      "src/http/head",
      "src/http/body",
      "src/service",
      "src/words",
      "src/protocol",
      "src/identity",
      "src/contract",
      "src/errors",
    ],
    packages: ["fastify"],
    builtins: HTTP_BUILTINS,
  },
  {
    folder: "src/http/admin",
    rooms: [
      "src/http/head",
      "src/http/body",
      "src/service",
      "src/protocol",
      "src/identity",
      "src/contract",
      "src/csv",
      "src/errors",
    ],
    packages: ["fastify", "@fastify/compress", "@fastify/cookie", "zod"],
    builtins: [...HTTP_BUILTINS, "node:zlib"],
  },
  // What is counted while a server works; the figures of its store come in.
  { folder: "src/metrics", rooms: [], typesOf: ["src/service"], packages: ["prom-client"], builtins: [] },
  {
    folder: "src/outside",
    rooms: ["src/protocol", "src/identity", "src/catalog", "src/errors"],
    typesOf: ["src/service"],
    packages: ["openid-client"],
    builtins: "any",
  },
  {
    folder: "src/cli",
    // Of the protocol: the flags of a command follow from its description, and answers are property lists.
    rooms: ["src/client", "src/contract", "src/protocol", "src/csv", "src/errors"],
    // PKCS#12 is opened where the admin is, so that its passphrase stays there; OpenSSL 3 no longer reads RC2.
    packages: ["commander", "node-forge", "string-width", "yaml"],
    builtins: "any",
  },
  // The server as a whole.
  {
    folder: "src/main",
    rooms: [
      "src/main/config",
      "src/errors",
      "src/protocol",
      "src/identity",
      "src/catalog",
      "src/plans",
      "src/store",
      "src/store/sqlite",
      "src/store/postgres",
      "src/service",
      "src/contract",
      "src/http/head",
      "src/http/body",
      "src/http/device",
      "src/http/admin",
      "src/outside",
      "src/metrics",
      "src/cli",
    ],
    packages: "any",
    builtins: "any",
  },
  // The settings alone, so that help can list them without loading the server.
  {
    folder: "src/main/config",
    partOf: "src/main",
    rooms: ["src/errors", "src/contract"],
    packages: ["commander"],
    builtins: "any",
  },
  // A server and its devices in one process, on virtual time.
  {
    folder: "src/virtual",
    rooms: [
      "src/main",
      "src/service",
      "src/store/sqlite",
      "src/http/device",
      "src/identity",
      "src/errors",
      "simulator",
    ],
    packages: [],
    builtins: ["node:crypto", "node:sqlite"],
  },
  // A server's neighbour: it sees it through its door, and its devices through the simulator's.
  {
    folder: "src/demo",
    rooms: ["src/main", "src/service", "src/catalog", "src/virtual", "src/cli", "src/errors", "simulator"],
    typesOf: ["src/contract"],
    packages: [],
    builtins: "any",
  },
  // `uptick serve --rehearsal`: a real server, and simulated devices that reach it over the network.
  {
    folder: "src/tryout",
    rooms: ["src/main", "src/catalog", "src/cli", "src/errors", "simulator"],
    packages: [],
    builtins: "any",
  },
  // Goes to any MDM server, and so knows nothing of ours.
  {
    folder: "src/simulate",
    rooms: ["src/identity", "src/cli", "src/errors", "simulator"],
    packages: [],
    builtins: "any",
  },
  // A plan played ahead: what the service decides, over rows and devices in memory.
  {
    folder: "src/rehearsal",
    onlyFor: ["src/rehearse"],
    rooms: ["src/service", "src/plans", "src/catalog", "src/protocol", "src/errors"],
    typesOf: ["src/store", "src/contract"],
    packages: [],
    builtins: [],
    pure: true,
  },
  // `uptick rehearse`: reads the files of a rehearsal, and tells what came of it.
  {
    folder: "src/rehearse",
    rooms: ["src/rehearsal", "src/identity", "src/cli", "src/words", "src/errors"],
    packages: [],
    builtins: "any",
  },
  // Which command runs what; each is loaded only when it is asked for.
  {
    folder: "src/program",
    rooms: [
      "src/main",
      "src/main/config",
      "src/demo",
      "src/tryout",
      "src/simulate",
      "src/rehearse",
      "src/cli",
      "src/errors",
    ],
    packages: ["commander"],
    builtins: "any",
  },
  {
    folder: "simulator",
    rooms: [],
    // Another XML reader and another CMS library than the server's.
    packages: ["fast-xml-parser", "node-forge"],
    builtins: "any",
    isolated: true,
  },
];

/** Tests there belong to no room and may import all of them. */
export const TEST_FOLDER = "test";

/** Folders that the rest of their room stands on: of the room they import nothing else. */
export const GROUNDS: readonly string[] = ["src/service/enrollment"];

/** A folder of tests that stands apart from what other tests are made of. */
export interface Apart {
  readonly folder: string;
  /** Folders of which it draws in nothing. */
  readonly never: readonly string[];
  /** Files there that it may draw in all the same. */
  readonly but: readonly string[];
}

/** A second client is worth what it does not share with the first: of the support it has the server alone. */
export const APART: readonly Apart[] = [
  { folder: "test/strangers", never: ["simulator", "test/support"], but: ["test/support/uptick.ts"] },
];

/** A test, or a suite over an interface that tests run. */
export function isTest(file: string): boolean {
  return file.startsWith(`${TEST_FOLDER}/`) || /\.(test|suite)\.ts$/.test(file);
}

/** The room a file lies in (path relative to the project, with slashes); the deepest folder wins. */
export function roomOf(file: string): Room | undefined {
  const holding = ROOMS.filter((room) => file.startsWith(`${room.folder}/`));
  return holding.toSorted((a, b) => b.folder.length - a.folder.length)[0];
}
