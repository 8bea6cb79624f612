import type { QueryClient } from "@tanstack/react-query";
import { createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { query } from "#web/client.ts";
import { parseFilesSearch } from "#web/features/browse/url-state.ts";
import { parseFilmsSearch } from "#web/features/films/url-state.ts";
import { parsePhotosSearch } from "#web/features/photos/url-state.ts";
import { parseVpnSearch } from "#web/features/vpn/url-state.ts";
import { parsePlaceSearch } from "#web/features/places/search.ts";
import { parseMusicSearch } from "#web/features/music/url-state.ts";
import { parseWatchSearch } from "#web/features/player/url-state.ts";
import { parseSearchState } from "#web/features/search/url-state.ts";
import { parseSharedSearch } from "#web/features/shared-with-me/search.ts";
import { appRoute, requireLogin, rootRoute, session } from "./app-route.tsx";
import { isOutsidePage, safeNext } from "./next.ts";
import { RouteError } from "./problems.tsx";
import { prepareVpn, securityRoute } from "./security-routes.tsx";

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

const loadPlaces = () => import("#web/features/places/index.ts");
const placesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/places",
  loader: ({ context }) => context.queryClient.prefetchQuery(query("places.list", {})),
  component: lazyRouteComponent(loadPlaces, "PlacesPage"),
});
const placeRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/places/$placeId",
  loader: ({ context }) => context.queryClient.prefetchQuery(query("places.list", {})),
  validateSearch: parsePlaceSearch,
  component: lazyRouteComponent(loadPlaces, "PlacePage"),
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
  createRoute({
    getParentRoute: () => peopleRoute,
    path: "/import",
    loader: ({ context }) => context.queryClient.prefetchQuery(query("imports.list", {})),
    component: lazyRouteComponent(() => import("#web/features/imports/imports-page.tsx"), "ImportsPage"),
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
    loader: ({ context: { queryClient } }) =>
      Promise.all([
        queryClient.prefetchQuery(query("appPassword.list", {})),
        queryClient.prefetchQuery(query("sync.wipes", {})),
      ]),
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

const loadRansomware = () => import("#web/features/ransomware/ransomware-page.tsx");
const ransomwareRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/ransomware",
  component: lazyRouteComponent(loadRansomware, "RansomwarePage"),
});

const searchRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/search",
  validateSearch: parseSearchState,
  component: lazyRouteComponent(() => import("#web/features/search/search-page.tsx"), "SearchPage"),
});

const cameraRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/camera",
  validateSearch: ({ shared }): { shared?: "yes" | "lost" } =>
    shared === "yes" || shared === "lost" ? { shared } : {},
  component: lazyRouteComponent(() => import("#web/features/camera/index.ts"), "CameraPage"),
});

const photosRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/photos",
  validateSearch: parsePhotosSearch,
  component: lazyRouteComponent(() => import("#web/features/photos/index.ts"), "PhotosPage"),
});

const loadFilms = () => import("#web/features/films/index.ts");
const filmsRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/films",
  validateSearch: parseFilmsSearch,
  component: lazyRouteComponent(loadFilms, "FilmsPage"),
});
const historyRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/films/history",
  component: lazyRouteComponent(loadFilms, "HistoryPage"),
});
const filmRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/films/$workId",
  component: lazyRouteComponent(loadFilms, "WorkPage"),
});

const loadMusic = () => import("#web/features/music/index.ts");
const musicRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/music",
  component: lazyRouteComponent(loadMusic, "MusicLayout"),
});
const musicRoutes = [
  createRoute({
    getParentRoute: () => musicRoute,
    path: "/",
    validateSearch: parseMusicSearch,
    component: lazyRouteComponent(loadMusic, "AlbumsPage"),
  }),
  createRoute({
    getParentRoute: () => musicRoute,
    path: "/artists",
    validateSearch: parseMusicSearch,
    component: lazyRouteComponent(loadMusic, "ArtistsPage"),
  }),
  createRoute({
    getParentRoute: () => musicRoute,
    path: "/songs",
    validateSearch: parseMusicSearch,
    component: lazyRouteComponent(loadMusic, "SongsPage"),
  }),
  createRoute({
    getParentRoute: () => musicRoute,
    path: "/genres",
    component: lazyRouteComponent(loadMusic, "GenresPage"),
  }),
  createRoute({
    getParentRoute: () => musicRoute,
    path: "/playlists",
    component: lazyRouteComponent(loadMusic, "PlaylistsPage"),
  }),
] as const;
/** What is opened from a list stands without its tabs. */
const musicParts = [
  createRoute({
    getParentRoute: () => appRoute,
    path: "/music/albums/$albumId",
    component: lazyRouteComponent(loadMusic, "AlbumPage"),
  }),
  createRoute({
    getParentRoute: () => appRoute,
    path: "/music/artists/$artistId",
    component: lazyRouteComponent(loadMusic, "ArtistPage"),
  }),
  createRoute({
    getParentRoute: () => appRoute,
    path: "/music/playlists/$playlistId",
    component: lazyRouteComponent(loadMusic, "PlaylistPage"),
  }),
] as const;

const watchRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/watch/$itemId",
  validateSearch: parseWatchSearch,
  beforeLoad: ({ context, location }) => requireLogin(context, location.href),
  component: lazyRouteComponent(() => import("#web/features/player/index.ts"), "PlayerPage"),
});

const librariesRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/libraries",
  loader: ({ context }) => context.queryClient.prefetchQuery(query("libraries.list", {})),
  component: lazyRouteComponent(() => import("#web/features/libraries/index.ts"), "LibrariesPage"),
});

const usageRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/usage",
  validateSearch: (search): { everyone?: true } => (search["everyone"] === true ? { everyone: true } : {}),
  loaderDeps: ({ search: { everyone = false } }) => ({ everyone }),
  // In hand before the page is drawn, which must not jump.
  loader: ({ context, deps }) => context.queryClient.prefetchQuery(query("usage.overview", deps)),
  component: lazyRouteComponent(() => import("#web/features/usage/usage-page.tsx"), "UsagePage"),
});

const tiersRoute = createRoute({
  getParentRoute: () => appRoute,
  path: "/usage/stores",
  component: lazyRouteComponent(() => import("#web/features/tiers/tiers-page.tsx"), "TiersPage"),
});

const routeTree = rootRoute.addChildren([
  loginRoute,
  protectRoute,
  setupRoute,
  publicLinkRoute,
  watchRoute,
  appRoute.addChildren([
    homeRoute,
    filesRoute,
    folderRoute,
    sharedRoute,
    placesRoute,
    placeRoute,
    trashRoute,
    peopleRoute.addChildren(peopleRoutes),
    accountRoute.addChildren([...accountRoutes, ownVpnRoute]),
    securityRoute,
    ransomwareRoute,
    searchRoute,
    usageRoute,
    librariesRoute,
    cameraRoute,
    photosRoute,
    filmsRoute,
    historyRoute,
    filmRoute,
    musicRoute.addChildren(musicRoutes),
    ...musicParts,
    tiersRoute,
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
