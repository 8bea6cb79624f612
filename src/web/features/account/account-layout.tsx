import { strings } from "#web/strings.ts";
import { useSession } from "#web/frame/session.ts";
import { TabbedPage } from "#web/frame/tabbed.tsx";

const t = strings.account.nav;
const always = [
  { to: "/account", label: t.you },
  { to: "/account/security", label: t.security },
  { to: "/account/devices", label: t.devices },
  { to: "/account/apps", label: t.apps },
] as const;

/** One's own account: its parts as tabs, each with an address. */
export function AccountLayout() {
  const { can } = useSession();
  const tabs = can("vpn.use") ? [...always, { to: "/account/vpn", label: t.vpn } as const] : always;
  return <TabbedPage title={strings.account.title} label={t.label} tabs={tabs} />;
}
