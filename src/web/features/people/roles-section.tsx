import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { roles } from "#wire";
import { useSession } from "#web/frame/session.ts";
import { strings } from "#web/strings.ts";
import { SettingsSection } from "#web/ui/settings.tsx";
import classes from "./people.module.css";

const t = strings.people;

/** What the roles mean, and the way to where it is decided who needs a second factor. */
export function RolesSection() {
  const { can } = useSession();
  return (
    <SettingsSection
      title={t.rolesTitle}
      hint={t.rolesHint}
      action={
        can("security.manage") && (
          <Button variant="default" component={Link} to="/security/second-factors">
            {t.whoNeedsFactor}
          </Button>
        )
      }
    >
      <dl className={classes.roleList}>
        {roles.map((role) => (
          <div key={role}>
            <dt>{t.roles[role].label}</dt>
            <dd>{t.roles[role].hint}</dd>
          </div>
        ))}
      </dl>
    </SettingsSection>
  );
}
