import { strings } from "#web/strings.ts";
import { TabbedPage } from "#web/frame/tabbed.tsx";

const t = strings.account.nav;
const tabs = [
  { to: "/account", label: t.you },
  { to: "/account/security", label: t.security },
  { to: "/account/devices", label: t.devices },
  { to: "/account/apps", label: t.apps },
] as const;

/** One's own account: its parts as tabs, each with an address. */
export function AccountLayout() {
  return <TabbedPage title={strings.account.title} label={t.label} tabs={tabs} />;
}
