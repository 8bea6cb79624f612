/**
 * The words of the page. Components never carry text of their own, so that other languages can follow. What only few open (guard,
 * vpn, authority, signOn, overview) is imported from `strings/` by its own pages, so that nobody else fetches it.
 */
import { access, shared } from "./strings/access.ts";
import { account } from "./strings/account.ts";
import { audit } from "./strings/audit.ts";
import { browse } from "./strings/browse.ts";
import { common } from "./strings/common.ts";
import { devices } from "./strings/devices.ts";
import { frame } from "./strings/frame.ts";
import { house } from "./strings/house.ts";
import { login, proof } from "./strings/login.ts";
import { notices } from "./strings/notices.ts";
import { people } from "./strings/people.ts";
import { preview } from "./strings/preview.ts";
import { publicLink } from "./strings/publicLink.ts";
import { rooms } from "./strings/rooms.ts";
import { security } from "./strings/security.ts";
import { sharing } from "./strings/sharing.ts";
import { trash } from "./strings/trash.ts";
import { uploads } from "./strings/uploads.ts";
import { versions } from "./strings/versions.ts";

export const strings = {
  common,
  frame,
  rooms,
  browse,
  uploads,
  versions,
  preview,
  sharing,
  access,
  shared,
  trash,
  people,
  account,
  login,
  proof,
  security,
  devices,
  notices,
  publicLink,
  house,
  audit,
} as const;
