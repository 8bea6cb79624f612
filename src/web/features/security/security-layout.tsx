import { TabbedPage } from "#web/frame/tabbed.tsx";
import { strings } from "#web/strings.ts";

const t = strings.house;
const tabs = [
  { to: "/security/rules", label: t.rules },
  { to: "/security/attacks", label: t.attacks },
  { to: "/security/vpn", label: t.vpn },
  { to: "/security/audit", label: t.audit },
] as const;

/** What guards the whole house: its parts as tabs, each with an address. */
export function SecurityLayout() {
  return <TabbedPage title={t.title} label={t.nav} tabs={tabs} wide />;
}
