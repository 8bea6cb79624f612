import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { query } from "#web/client.ts";
import { ErrorState } from "#web/ui/index.ts";
import { ApplicationSection } from "./application-section.tsx";
import { issuerOf } from "./addresses.ts";
import { ProviderSection } from "./provider-section.tsx";
import { SettingsPart } from "./settings-part.tsx";
import classes from "./sign-on.module.css";

/** `/security/sign-on`: who logs in with an account here, and with which accounts from elsewhere people log in here. */
export function SignOnPage() {
  const settings = useQuery(query("oidc.readSettings", {}));
  if (settings.error) return <ErrorState error={settings.error} onRetry={() => void settings.refetch()} />;
  if (!settings.data) return <Skeleton height={320} mt="lg" />;
  const issuer = issuerOf(settings.data.publicUrl, location.origin);
  return (
    <div className={classes.page}>
      <ApplicationSection issuer={issuer} />
      <ProviderSection callback={`${settings.data.publicUrl ?? location.origin}${settings.data.callbackPath}`} />
      <SettingsPart settings={settings.data} issuer={issuer} />
    </div>
  );
}
