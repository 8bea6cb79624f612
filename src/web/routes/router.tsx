import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { query } from "#web/client.ts";
import { parseAuditSearch } from "#web/features/audit/filter.ts";
import { parseFilesSearch } from "#web/features/browse/url-state.ts";
import { parseRulesSearch } from "#web/features/guard/url-state.ts";
import { parseVpnSearch } from "#web/features/vpn/url-state.ts";
import { prepareNotices } from "#web/features/notices/prepare.ts";
import { parseSharedSearch } from "#web/features/shared-with-me/search.ts";
import { isOutsidePage, safeNext } from "./next.ts";
import { NotFound, RouteError } from "./problems.tsx";

interface RouterContext {
  readonly queryClient: QueryClient;
}

const session = query("session.current", {});

const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: RouteError,
});

/** Everything behind the login. Without a session it leads to the first run or the login, and back afterwards. */
const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "app",
  beforeLoad: async ({ context, location }) => {
    const { person, mustSetUpFactor } = await context.queryClient.ensureQueryData(session);
    const next = location.href === "/" ? {} : { next: location.href };
    if (person && mustSetUpFactor) throw redirect({ to: "/protect", search: next });
    if (person) return;
    const { needed } = await context.queryClient.fetchQuery({ ...query("setup.status", {}), staleTime: 0 });
    if (needed) throw redirect({ to: "/setup" });
    throw redirect({ to: "/login", search: next });
  },
  // In hand before the frame is drawn: what happened to the account stands above the page, which must not jump.
  loader: ({ context }) => prepareNotices(context.queryClient),
  component: lazyRouteComponent(() => import("#web/frame/frame.tsx"), "Frame"),
});

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/login",
  validateSearch: (search): { next?: string } => safeNext(search),
  beforeLoad: async ({ context, search }) => {
    const { person } = await context.queryClient.ensureQueryData(session);
    if (person) throw redirect({ href: search.next ?? "/", reloadDocument: isOutsidePage(search.next ?? "/") });
    const { needed } = await context.queryClient.fetchQuery({ ...query("setup.status", {}), staleTime: 0 });
    if (needed) throw redirect({ to: "/setup" });
  },
  // In hand before the page is drawn, which must not jump; a login works without them too.
  loader: ({ context: { queryClient } }) =>
    Promise.all([
      queryClient.prefetchQuery(query("loginProvider.options", {})),
      queryClient.prefetchQuery({ ...query("session.pendingLogin", {}), staleTime: 0 }),
    ]),
  component: lazyRouteComponent(() => import("#web/features/login/login-page.tsx"), "LoginPage"),
});

/** Where a role that needs a second factor leads before anything else. */
const protectRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/protect",
  validateSearch: (search): { next?: string } => safeNext(search),
  beforeLoad: async ({ context, search }) => {
    const { person, mustSetUpFactor } = await context.queryClient.ensureQueryData(session);
    if (!person) throw redirect({ to: "/login", search });
    if (!mustSetUpFactor) throw redirect({ href: search.next ?? "/" });
  },
  component: lazyRouteComponent(() => import("#web/features/factors/index.ts"), "ProtectPage"),
});

const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/setup",
  validateSearch: (search): { code?: string } => (typeof search["code"] === "string" ? { code: search["code"] } : {}),
  beforeLoad: async ({ context }) => {
    const { needed } = await context.queryClient.fetchQuery({ ...query("setup.status", {}), staleTime: 0 });
    if (!needed) throw redirect({ to: "/" });
  },
  component: lazyRouteComponent(() => import("#web/features/setup/setup-page.tsx"), "SetupPage"),
});

const publicLinkRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/s/$token",
  component: lazyRouteComponent(() => import("./public-link-route.tsx"), "PublicLinkRoute"),
});

const homeRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/",
  component: lazyRouteComponent(() => import("#web/features/home/home-page.tsx"), "HomePage"),
});

const filesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/files",
  loader: async ({ context }) => {
    const { spaces } = await context.queryClient.ensureQueryData(query("files.spaces", {}));
    const first = spaces[0];
    if (first) throw redirect({ to: "/files/$folderId", params: { folderId: String(first.rootId) }, replace: true });
  },
  component: lazyRouteComponent(() => import("#web/features/browse/index.ts"), "NoSpaces"),
});

const folderRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/files/$folderId",
  validateSearch: parseFilesSearch,
  component: lazyRouteComponent(() => import("#web/features/browse/index.ts"), "FilesPage"),
});

const sharedRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/shared",
  validateSearch: parseSharedSearch,
  component: lazyRouteComponent(() => import("#web/features/shared-with-me/index.ts"), "SharedPage"),
});

const trashRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/trash",
  component: lazyRouteComponent(() => import("#web/features/trash/index.ts"), "TrashPage"),
});

const loadPeople = () => import("#web/features/people/index.ts");
const peopleRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/people",
  loader: ({ context }) => context.queryClient.prefetchQuery(query("people.list", {})),
  component: lazyRouteComponent(loadPeople, "PeopleLayout"),
});
const peopleRoutes = [
  createRoute({
    getParentRoute: () => peopleRoute,
    path: "/",
    component: lazyRouteComponent(loadPeople, "PeoplePage"),
  }),
  createRoute({
    getParentRoute: () => peopleRoute,
    path: "/groups",
    component: lazyRouteComponent(loadPeople, "GroupsPage"),
  }),
  createRoute({
    getParentRoute: () => peopleRoute,
    path: "/spaces",
    loader: ({ context }) => context.queryClient.prefetchQuery(query("files.spaces", {})),
    component: lazyRouteComponent(loadPeople, "SpacesPage"),
  }),
] as const;

const loadAccount = () => import("#web/features/account/index.ts");
const accountRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/account",
  component: lazyRouteComponent(loadAccount, "AccountLayout"),
});
/** What a page stands on is in hand before it is drawn, so that nothing on it jumps. */
const accountRoutes = [
  createRoute({
    getParentRoute: () => accountRoute,
    path: "/",
    component: lazyRouteComponent(loadAccount, "ProfilePage"),
  }),
  createRoute({
    getParentRoute: () => accountRoute,
    path: "/security",
    loader: ({ context }) => context.queryClient.prefetchQuery(query("factors.status", {})),
    component: lazyRouteComponent(loadAccount, "SecurityPage"),
  }),
  createRoute({
    getParentRoute: () => accountRoute,
    path: "/devices",
    loader: ({ context: { queryClient } }) =>
      Promise.all([
        queryClient.prefetchQuery(query("session.list", {})),
        queryClient.prefetchQuery(query("certificates.status", {})),
        queryClient.prefetchQuery(query("certificates.list", {})),
      ]),
    component: lazyRouteComponent(loadAccount, "DevicesPage"),
  }),
  createRoute({
    getParentRoute: () => accountRoute,
    path: "/apps",
    loader: ({ context }) => context.queryClient.prefetchQuery(query("appPassword.list", {})),
    component: lazyRouteComponent(loadAccount, "AppsPage"),
  }),
] as const;

const loadVpn = () => import("#web/features/vpn/index.ts");
const ownVpnRoute = createRoute({
  getParentRoute: () => accountRoute,
  path: "/vpn",
  validateSearch: parseVpnSearch,
  loader: ({ context }) => prepareVpn(context.queryClient),
  component: lazyRouteComponent(loadVpn, "OwnVpnPage"),
});

function prepareVpn(queryClient: QueryClient): Promise<unknown> {
  return Promise.all([
    queryClient.prefetchQuery(query("vpn.status", {})),
    queryClient.prefetchQuery(query("vpnPeer.list", {})),
    queryClient.prefetchQuery(query("vpnZone.list", {})),
  ]);
}

const loadSecurity = () => import("#web/features/security/index.ts");
const loadAuthority = () => import("#web/features/authority/index.ts");
const securityRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/security",
  component: lazyRouteComponent(loadSecurity, "SecurityLayout"),
});
const securityRoutes = [
  createRoute({
    getParentRoute: () => securityRoute,
    path: "/",
    component: lazyRouteComponent(loadSecurity, "OverviewPage"),
  }),
  createRoute({
    getParentRoute: () => securityRoute,
    path: "/audit",
    validateSearch: parseAuditSearch,
    component: lazyRouteComponent(() => import("#web/features/audit/index.ts"), "AuditPage"),
  }),
  createRoute({
    getParentRoute: () => securityRoute,
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
    getParentRoute: () => securityRoute,
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
    getParentRoute: () => securityRoute,
    path: "/vpn",
    loader: ({ context }) => prepareVpn(context.queryClient),
    component: lazyRouteComponent(loadVpn, "VpnPage"),
  }),
  createRoute({
    getParentRoute: () => securityRoute,
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
    getParentRoute: () => securityRoute,
    path: "/second-factors",
    loader: ({ context: { queryClient } }) =>
      Promise.all([
        queryClient.prefetchQuery(query("factorPolicy.get", {})),
        queryClient.prefetchQuery(query("people.list", {})),
      ]),
    component: lazyRouteComponent(loadAuthority, "SecondFactorsPage"),
  }),
  createRoute({
    getParentRoute: () => securityRoute,
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

const usageRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/usage",
  component: lazyRouteComponent(() => import("#web/features/usage/usage-page.tsx"), "UsagePage"),
});

const routeTree = rootRoute.addChildren([
  loginRoute,
  protectRoute,
  setupRoute,
  publicLinkRoute,
  appRoute.addChildren([
    homeRoute,
    filesRoute,
    folderRoute,
    sharedRoute,
    trashRoute,
    peopleRoute.addChildren(peopleRoutes),
    accountRoute.addChildren([...accountRoutes, ownVpnRoute]),
    securityRoute.addChildren(securityRoutes),
    usageRoute,
  ]),
]);

/** The router; every page is its own chunk, loaded when the pointer rests on a link to it. */
export function createPageRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: "intent",
    defaultErrorComponent: RouteError,
    scrollRestoration: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createPageRouter>;
  }
}
