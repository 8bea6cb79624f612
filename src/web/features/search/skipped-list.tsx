import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { query } from "#web/client.ts";
import { search as t } from "#web/strings/search.ts";
import { ErrorLine, FileIcon } from "#web/ui/index.ts";
import { NodeLink } from "./hit-list.tsx";
import classes from "./search.module.css";

const shown = 100;

/** Documents whose text could not be had, of those that one can see, and why. */
export function SkippedList() {
  const { data, error } = useQuery(query("search.skipped", { limit: shown }));
  if (error) return <ErrorLine error={error} />;
  if (data === undefined) return null;
  return (
    <>
      <Text size="sm" c="dimmed" py="xs">
        {data.items.length === 0 ? t.noneSkipped : t.skippedHint}
      </Text>
      <ul className={classes.hits}>
        {data.items.map(({ node, reason, folderPath }) => (
          <li key={node.id}>
            <NodeLink node={node} className={classes.hit}>
              <FileIcon node={node} sizePx={20} />
              <span className={classes.words}>
                <span>{node.name}</span>
                <Text span size="xs" c="dimmed">
                  {[t.reasons[reason], folderPath].filter(Boolean).join(" · ")}
                </Text>
              </span>
            </NodeLink>
          </li>
        ))}
      </ul>
      {data.more && (
        <Text size="sm" c="dimmed">
          {t.moreSkipped}
        </Text>
      )}
    </>
  );
}
