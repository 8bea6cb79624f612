import { useParams } from "@tanstack/react-router";
import { PublicLinkPage } from "#web/features/public-link/index.ts";

/** `/s/TOKEN`: what a visitor without an account sees. */
export function PublicLinkRoute() {
  const { token } = useParams({ from: "/s/$token" });
  return <PublicLinkPage token={token} />;
}
