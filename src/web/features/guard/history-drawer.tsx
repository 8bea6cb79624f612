import { Badge, Button, Drawer, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { query } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { guard } from "#web/strings/guard.ts";
import { ErrorLine, formatMoment } from "#web/ui/index.ts";
import classes from "./guard.module.css";
import { Refusal } from "./refusal.tsx";
import type { Rules } from "./use-rules.ts";

const t = guard.versions;

/** Who changed the rules and when, and the way back to the version before. */
export function HistoryDrawer(props: { readonly rules: Rules; readonly manages: boolean; onClose(): void }) {
  const { rules } = props;
  const history = useQuery(query("guard.history", {}));
  const versions = history.data?.versions ?? [];
  return (
    <Drawer
      opened
      onClose={props.onClose}
      position="right"
      title={t.title}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      <ErrorLine error={history.error} />
      <Refusal error={rules.refusal} onClose={rules.forgetRefusal} />
      {history.isPending && <Skeleton height={160} />}
      {history.data && versions.length === 0 && <Text c="dimmed">{t.none}</Text>}
      {props.manages && versions.length > 0 && (
        <Button variant="default" loading={rules.isSaving} onClick={rules.undo} mb="md">
          {t.undo}
        </Button>
      )}
      <ol className={classes.versions}>
        {versions.map((version) => (
          <li key={version.version}>
            <span className={classes.versionHead}>
              <Text fw={550}>{version.note || t.version(version.version)}</Text>
              {version.current && (
                <Badge variant="light" tt="none" fw={550}>
                  {t.current}
                </Badge>
              )}
            </span>
            <Text size="xs" c="dimmed" className="tabular">
              {[
                version.note ? t.version(version.version) : "",
                formatMoment(version.atMs),
                version.by,
                t.rules(version.ruleCount),
              ]
                .filter(Boolean)
                .join(" · ")}
            </Text>
          </li>
        ))}
      </ol>
    </Drawer>
  );
}
