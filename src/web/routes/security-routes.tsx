import type { QueryClient } from "@tanstack/react-query";
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { query } from "#web/client.ts";
import { parseAuditSearch } from "#web/features/audit/filter.ts";
import { parseRulesSearch } from "#web/features/guard/url-state.ts";
import { appRoute } from "./app-route.tsx";

const loadVpn = () => import("#web/features/vpn/index.ts");
export function prepareVpn(queryClient: QueryClient): Promise<unknown> {
  return Promise.all([
    queryClient.prefetchQuery(query("vpn.status", {})),
    queryClient.prefetchQuery(query("vpnPeer.list", {})),
    queryClient.prefetchQuery(query("vpnZone.list", {})),
  ]);
}

const loadSecurity = () => import("#web/features/security/index.ts");
const loadAuthority = () => import("#web/features/authority/index.ts");
const parent = createRoute({
  getParentRoute: () => appRoute,
  path: "/security",
  component: lazyRouteComponent(loadSecurity, "SecurityLayout"),
});
const rooms = [
  createRoute({
    getParentRoute: () => parent,
    path: "/",
    component: lazyRouteComponent(loadSecurity, "OverviewPage"),
  }),
  createRoute({
    getParentRoute: () => parent,
    path: "/audit",
    validateSearch: parseAuditSearch,
    component: lazyRouteComponent(() => import("#web/features/audit/index.ts"), "AuditPage"),
  }),
  createRoute({
    getParentRoute: () => parent,
    path: "/rules",
    validateSearch: parseRulesSearch,
    loader: ({ context: { queryClient } }) =>
      Promise.all([
        queryClient.prefetchQuery(query("guard.rules", {})),
        queryClient.prefetchQuery(query("guard.counters", {})),
        queryClient.prefetchQuery(query("guard.findings", {})),
      ]),
    component: lazyRouteComponent(() => import("#web/features/guard/index.ts"), "RulesPage"),
  }),
  createRoute({
    getParentRoute: () => parent,
    path: "/attacks",
    loader: ({ context: { queryClient } }) =>
      Promise.all([
        queryClient.prefetchQuery(query("guard.rules", {})),
        queryClient.prefetchQuery(query("guard.findings", {})),
        queryClient.prefetchQuery(query("guard.bans", {})),
      ]),
    component: lazyRouteComponent(() => import("#web/features/guard/index.ts"), "AttacksPage"),
  }),
  createRoute({
    getParentRoute: () => parent,
    path: "/ransomware",
    component: lazyRouteComponent(() => import("#web/features/ransomware/ransomware-page.tsx"), "RansomwareGuard"),
  }),
  createRoute({
    getParentRoute: () => parent,
    path: "/vpn",
    loader: ({ context }) => prepareVpn(context.queryClient),
    component: lazyRouteComponent(loadVpn, "VpnPage"),
  }),
  createRoute({
    getParentRoute: () => parent,
    path: "/certificates",
    loader: ({ context: { queryClient } }) =>
      Promise.all([
        queryClient.prefetchQuery(query("certificates.status", {})),
        queryClient.prefetchQuery(query("certificates.list", { everybody: true })),
        queryClient.prefetchQuery(query("certificates.getPolicy", {})),
        queryClient.prefetchQuery(query("people.list", {})),
      ]),
    component: lazyRouteComponent(loadAuthority, "CertificatesPage"),
  }),
  createRoute({
    getParentRoute: () => parent,
    path: "/second-factors",
    loader: ({ context: { queryClient } }) =>
      Promise.all([
        queryClient.prefetchQuery(query("factorPolicy.get", {})),
        queryClient.prefetchQuery(query("people.list", {})),
      ]),
    component: lazyRouteComponent(loadAuthority, "SecondFactorsPage"),
  }),
  createRoute({
    getParentRoute: () => parent,
    path: "/sign-on",
    loader: ({ context: { queryClient } }) =>
      Promise.all([
        queryClient.prefetchQuery(query("oidc.readSettings", {})),
        queryClient.prefetchQuery(query("oidcClient.list", {})),
        queryClient.prefetchQuery(query("loginProvider.list", {})),
      ]),
    component: lazyRouteComponent(() => import("#web/features/sign-on/index.ts"), "SignOnPage"),
  }),
] as const;

/** `/security`: rules, attacks, keys and who may come in, for those who look after the house. */
export const securityRoute = parent.addChildren(rooms);
