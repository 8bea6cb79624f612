import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import { query } from "#web/client.ts";
import { prepareNotices } from "#web/features/notices/prepare.ts";
import { NotFound, RouteError } from "./problems.tsx";

interface RouterContext {
  readonly queryClient: QueryClient;
}

export const session = query("session.current", {});

export const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: RouteError,
});

/** Without a session it leads to the first run or the login, and back afterwards. */
export async function requireLogin({ queryClient }: RouterContext, href: string): Promise<void> {
  const { person, mustSetUpFactor } = await queryClient.ensureQueryData(session);
  const next = href === "/" ? {} : { next: href };
  if (person && mustSetUpFactor) throw redirect({ to: "/protect", search: next });
  if (person) return;
  const { needed } = await queryClient.fetchQuery({ ...query("setup.status", {}), staleTime: 0 });
  if (needed) throw redirect({ to: "/setup" });
  throw redirect({ to: "/login", search: next });
}

/** Everything behind the login that stands in the frame. */
export const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "app",
  beforeLoad: ({ context, location }) => requireLogin(context, location.href),
  // In hand before the frame is drawn: what happened to the account stands above the page, which must not jump.
  loader: ({ context }) => prepareNotices(context.queryClient),
  component: lazyRouteComponent(() => import("#web/frame/frame.tsx"), "Frame"),
});
