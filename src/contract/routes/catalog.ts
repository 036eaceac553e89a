/** Apple's list, CVEs and blocks of releases. */
import { z } from "zod";
import {
  block,
  blockPage,
  blockParams,
  blockRequest,
  blockTrial,
  createBlockQuery,
  endBlockRequest,
  newBlock,
} from "../blocks.ts";
import {
  acceptQuery,
  catalogFetch,
  catalogImport,
  catalogQuery,
  cveImport,
  importQuery,
  releaseDetail,
  releasePage,
  releaseParams,
} from "../catalog.ts";
import { pageQuery } from "../values.ts";
import { type Route } from "../route.ts";
import { JSON_MEDIA, KIB, made, MIB, ok } from "./parts.ts";

export const catalogRoutes = {
  importCatalog: {
    method: "PUT",
    path: "/api/v1/catalog",
    role: "operator",
    object: { kind: "catalog" },
    summary:
      "Imports Apple's list of releases, a response of its Software Lookup Service. An incomplete list is refused and changes nothing.",
    query: importQuery,
    body: { media: JSON_MEDIA, schema: z.unknown(), maxBytes: 16 * MIB },
    replies: [ok(catalogImport, "read")],
    errors: ["catalog-invalid", "catalog-incomplete", "catalog-smaller"],
  },
  importCves: {
    method: "PUT",
    path: "/api/v1/catalog/cves",
    role: "operator",
    object: { kind: "catalog" },
    summary:
      "Imports a SOFA feed of one platform: the CVEs that each release fixes. What is known of a release is never removed.",
    body: { media: JSON_MEDIA, schema: z.unknown(), maxBytes: 16 * MIB },
    replies: [ok(cveImport, "read")],
    errors: ["cve-feed-invalid"],
  },
  fetchCatalog: {
    method: "POST",
    path: "/api/v1/catalog/fetch",
    role: "operator",
    object: { kind: "catalog" },
    summary:
      "Fetches Apple's list of releases from its Software Lookup Service now, at most once an hour. A fetch that fails changes nothing in the catalog.",
    replies: [ok(catalogFetch, "fetched")],
    errors: ["catalog-fetch-failed", "catalog-fetch-limited", "catalog-fetch-busy", "catalog-smaller"],
  },
  acceptCatalog: {
    method: "POST",
    path: "/api/v1/catalog/accept",
    role: "operator",
    object: { kind: "catalog" },
    summary: "Takes the list that was fetched last and refused only because it is too small.",
    query: acceptQuery,
    replies: [ok(catalogImport, "taken; with `dryRun=true`: what would change")],
    errors: ["catalog-not-waiting"],
  },
  listCatalog: {
    method: "GET",
    path: "/api/v1/catalog",
    role: "viewer",
    summary: "Apple's releases by platform, the newest version first.",
    query: catalogQuery,
    replies: [ok(releasePage, "always")],
    errors: [],
  },
  showRelease: {
    method: "GET",
    path: "/api/v1/catalog/:ref",
    role: "viewer",
    summary: "One release, with the devices that it is listed for.",
    params: releaseParams,
    replies: [ok(releaseDetail, "found")],
    errors: ["release-unknown", "release-ambiguous"],
  },
  createBlock: {
    method: "POST",
    path: "/api/v1/blocks",
    role: "operator",
    object: { kind: "block" },
    summary:
      "Blocks a release for some devices: no plan gives it to them, and jobs to it are withdrawn. With `dryRun=true`: says what it would do.",
    query: createBlockQuery,
    body: { media: JSON_MEDIA, schema: blockRequest, maxBytes: 512 * KIB },
    replies: [
      made(newBlock, "blocked, now or by the same block before; `Location` is the block"),
      ok(blockTrial, "dry run"),
    ],
    errors: [
      "target-invalid",
      "block-invalid",
      "blocks-too-many",
      "rule-invalid",
      "group-unknown",
      "release-unknown",
      "release-ambiguous",
    ],
  },
  listBlocks: {
    method: "GET",
    path: "/api/v1/blocks",
    role: "viewer",
    summary: "The blocks: first those that hold, the newest first.",
    query: pageQuery,
    replies: [ok(blockPage, "a page")],
    errors: [],
  },
  showBlock: {
    method: "GET",
    path: "/api/v1/blocks/:id",
    role: "viewer",
    summary: "One block, also one that has ended.",
    params: blockParams,
    replies: [ok(block, "found")],
    errors: ["block-unknown"],
  },
  endBlock: {
    method: "POST",
    path: "/api/v1/blocks/:id/end",
    role: "operator",
    object: { kind: "block", by: "id" },
    summary: "Ends a block. Its devices get the release by the next plan; jobs that it withdrew do not return.",
    params: blockParams,
    body: { media: JSON_MEDIA, schema: endBlockRequest, maxBytes: 64 * KIB },
    replies: [ok(block, "ended, now or before")],
    errors: ["block-unknown"],
  },
} as const satisfies Record<string, Route>;
