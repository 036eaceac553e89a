/** How devices get here: profiles, links and the push certificate. */
import {
  enrollRequest,
  enrollmentLink,
  enrollmentProfile,
  linkPage,
  linkParams,
  linkRequest,
  newEnrollmentLink,
  pushCertificate,
  pushRequest,
  pushRequestOptions,
} from "../server.ts";
import { pageQuery } from "../values.ts";
import { type Route } from "../route.ts";
import { JSON_MEDIA, KIB, made, ok } from "./parts.ts";

export const enrollmentRoutes = {
  enroll: {
    method: "POST",
    path: "/api/v1/enrollments",
    role: "operator",
    object: { kind: "enrollment-profile" },
    summary:
      "Makes an enrollment profile. The server does not store it, so it has no address. With `Accept: application/json` the reply is JSON with the profile in base64.",
    body: { media: JSON_MEDIA, schema: enrollRequest, maxBytes: 64 * KIB, optional: true },
    replies: [
      {
        status: 200,
        media: "application/x-apple-aspen-config",
        when: "the profile's bytes; `Uptick-Uses` and `Uptick-Expires-At` (RFC 3339) say how long it is good",
      },
      ok(enrollmentProfile, "asked with `Accept: application/json`"),
    ],
    errors: ["not-ready"],
  },
  createLink: {
    method: "POST",
    path: "/api/v1/enrollment-links",
    role: "operator",
    object: { kind: "enrollment-link" },
    summary:
      "Makes a link from which people download an enrollment profile. A use is counted when a certificate is issued, not at the download.",
    body: { media: JSON_MEDIA, schema: linkRequest, maxBytes: 64 * KIB, optional: true },
    replies: [made(newEnrollmentLink, "made; `Location` is its address. This is the only time that its URL is shown")],
    errors: ["not-ready"],
  },
  listLinks: {
    method: "GET",
    path: "/api/v1/enrollment-links",
    role: "viewer",
    summary: "The enrollment links, newest first. The server does not store their URLs.",
    query: pageQuery,
    replies: [ok(linkPage, "a page")],
    errors: [],
  },
  showLink: {
    method: "GET",
    path: "/api/v1/enrollment-links/:id",
    role: "viewer",
    summary: "One enrollment link.",
    params: linkParams,
    replies: [ok(enrollmentLink, "found")],
    errors: ["link-unknown"],
  },
  revokeLink: {
    method: "POST",
    path: "/api/v1/enrollment-links/:id/revoke",
    role: "operator",
    object: { kind: "enrollment-link", by: "id" },
    summary: "Revokes an enrollment link immediately. Profiles downloaded from it can't enroll devices any more.",
    params: linkParams,
    replies: [ok(enrollmentLink, "revoked, now or before")],
    errors: ["link-unknown"],
  },
  pushRequest: {
    method: "POST",
    path: "/api/v1/push-certificate/request",
    role: "admin",
    object: { kind: "push-certificate" },
    summary: "Creates the request for a push certificate. It always uses the same key, which stays on the server.",
    body: { media: JSON_MEDIA, schema: pushRequestOptions, maxBytes: 512 * KIB, optional: true },
    replies: [ok(pushRequest, "made")],
    errors: ["certificate-invalid"],
  },
  importPush: {
    method: "PUT",
    path: "/api/v1/push-certificate",
    role: "admin",
    object: { kind: "push-certificate" },
    summary: "Imports the push certificate from Apple's portal.",
    body: {
      media: "application/x-pem-file",
      what: "the certificate as PEM, with its private key unless the request was made here",
      maxBytes: 256 * KIB,
    },
    replies: [ok(pushCertificate, "accepted")],
    errors: ["push-certificate-invalid", "push-topic-fixed"],
  },
} as const satisfies Record<string, Route>;
