import { Link, Outlet } from "@tanstack/react-router";
import { FrameTitle } from "#web/frame/title.tsx";
import { strings } from "#web/strings.ts";
import classes from "./account.module.css";

const t = strings.account.nav;
const tabs = [
  { to: "/account", label: t.you },
  { to: "/account/security", label: t.security },
  { to: "/account/devices", label: t.devices },
  { to: "/account/apps", label: t.apps },
] as const;

/** One's own account: its parts as tabs, each with an address. */
export function AccountLayout() {
  return (
    <>
      <FrameTitle title={strings.account.title} />
      <div className={classes.page}>
        <div className={classes.column}>
          <nav className={classes.nav} aria-label={t.label}>
            {tabs.map(({ to, label }) => (
              <Link key={to} to={to} className={classes.tab} activeOptions={{ exact: true, includeSearch: false }}>
                {label}
              </Link>
            ))}
          </nav>
          <div className={classes.content}>
            <Outlet />
          </div>
        </div>
      </div>
    </>
  );
}
