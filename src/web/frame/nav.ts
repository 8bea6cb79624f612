import {
  IconArchive,
  IconBooks,
  IconChartPie,
  IconDevices,
  IconFolder,
  IconHome,
  IconMovie,
  IconPhoto,
  IconMusic,
  IconShield,
  IconShieldCheck,
  IconTrash,
  IconUserShare,
  IconUserCircle,
  IconUsers,
  type Icon,
} from "@tabler/icons-react";
import type { Capability } from "#wire";
import { strings } from "#web/strings.ts";

type HousePage =
  | "/security/rules"
  | "/security/attacks"
  | "/security/vpn"
  | "/security/certificates"
  | "/security/second-factors"
  | "/security/sign-on"
  | "/security/audit";

export interface NavEntry {
  readonly to:
    | "/"
    | "/files"
    | "/shared"
    | "/photos"
    | "/films"
    | "/libraries"
    | "/music"
    | "/trash"
    | "/people"
    | "/usage"
    | "/usage/stores"
    | "/security"
    | "/account"
    | "/account/security"
    | "/account/devices"
    | "/account/vpn"
    | HousePage;
  readonly label: string;
  readonly icon: Icon;
  readonly capability?: Capability;
  /** Among the entries of the phone's bottom bar. */
  readonly phone: boolean;
  /** On the rail; the rest is in the account menu and the palette. */
  readonly rail: boolean;
}

const entries: readonly NavEntry[] = [
  { to: "/", label: strings.frame.home, icon: IconHome, phone: true, rail: true },
  { to: "/files", label: strings.frame.files, icon: IconFolder, phone: true, rail: true },
  { to: "/photos", label: strings.frame.photos, icon: IconPhoto, phone: true, rail: true },
  { to: "/films", label: strings.frame.films, icon: IconMovie, phone: true, rail: true },
  { to: "/music", label: strings.frame.music, icon: IconMusic, phone: true, rail: true },
  { to: "/shared", label: strings.shared.nav, icon: IconUserShare, phone: false, rail: true },
  { to: "/trash", label: strings.frame.trash, icon: IconTrash, phone: false, rail: true },
  { to: "/usage", label: strings.frame.usage, icon: IconChartPie, phone: false, rail: true },
  { to: "/libraries", label: strings.frame.libraries, icon: IconBooks, phone: false, rail: false },
  {
    to: "/usage/stores",
    label: strings.frame.stores,
    icon: IconArchive,
    capability: "server.read",
    phone: false,
    rail: false,
  },
  { to: "/people", label: strings.frame.people, icon: IconUsers, capability: "people.read", phone: false, rail: true },
  {
    to: "/security",
    label: strings.house.title,
    icon: IconShield,
    capability: "security.read",
    phone: false,
    rail: true,
  },
  { to: "/account", label: strings.frame.account, icon: IconUserCircle, phone: false, rail: false },
  { to: "/account/security", label: strings.frame.security, icon: IconShieldCheck, phone: false, rail: false },
  { to: "/account/devices", label: strings.frame.devices, icon: IconDevices, phone: false, rail: false },
  {
    to: "/account/vpn",
    label: strings.frame.vpn,
    icon: IconDevices,
    capability: "vpn.use",
    phone: false,
    rail: false,
  },
  housePage("/security/rules", strings.house.rules),
  housePage("/security/attacks", strings.house.attacks),
  housePage("/security/vpn", strings.house.vpn),
  housePage("/security/certificates", strings.house.certificates),
  housePage("/security/second-factors", strings.house.secondFactors),
  housePage("/security/sign-on", strings.house.signOn, "security.manage"),
  housePage("/security/audit", strings.house.audit),
];

/** A part of the security of the house: a tab there, and found in the palette. */
function housePage(to: HousePage, part: string, capability: Capability = "security.read"): NavEntry {
  return { to, label: `${strings.house.title}: ${part}`, icon: IconShield, capability, phone: false, rail: false };
}

/** The rooms that exist for somebody with these rights. */
export function navEntries(can: (capability: Capability) => boolean): readonly NavEntry[] {
  return entries.filter((entry) => !entry.capability || can(entry.capability));
}
