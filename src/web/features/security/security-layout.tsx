import { TabbedPage } from "#web/frame/tabbed.tsx";
import { useSession } from "#web/frame/session.ts";
import { strings } from "#web/strings.ts";

const t = strings.house;

/** What guards the whole house: its parts as tabs, each with an address. Who may only look does not see single sign-on. */
export function SecurityLayout() {
  const { can } = useSession();
  const tabs = [
    { to: "/security", label: t.overview },
    { to: "/security/rules", label: t.rules },
    { to: "/security/attacks", label: t.attacks },
    { to: "/security/ransomware", label: t.ransomware },
    ...(can("vpn.use") ? [{ to: "/security/vpn", label: t.vpn } as const] : []),
    { to: "/security/certificates", label: t.certificates },
    { to: "/security/second-factors", label: t.secondFactors },
    ...(can("security.manage") ? [{ to: "/security/sign-on", label: t.signOn } as const] : []),
    { to: "/security/audit", label: t.audit },
  ] as const;
  return <TabbedPage title={t.title} label={t.nav} tabs={tabs} wide />;
}
