import { Anchor, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { query } from "#web/client.ts";
import { usage as t } from "#web/strings/usage.ts";
import { ErrorLine, formatBytes } from "#web/ui/index.ts";
import classes from "./usage.module.css";

const shownFiles = 10;

/** The files that would make most room, each a way to its folder. */
export function LargestFiles({ spaceId }: { readonly spaceId: number }) {
  const { data, error } = useQuery(query("usage.largest", { spaceId, limit: shownFiles }));
  if (error) return <ErrorLine error={error} />;
  if (!data) return <Skeleton height={120} animate={false} radius="md" />;
  return (
    <div>
      {data.files.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.noLargest}
        </Text>
      )}
      <ul className={classes.files}>
        {data.files.map(({ id, parentId, name, folderPath, sizeBytes }) => (
          <li key={id}>
            <div className={classes.file}>
              <Anchor
                size="sm"
                truncate
                renderRoot={(root) => (
                  <Link
                    {...root}
                    to="/files/$folderId"
                    params={{ folderId: String(parentId) }}
                    search={{ preview: id }}
                  />
                )}
              >
                {name}
              </Anchor>
              <Text size="xs" c="dimmed" truncate>
                {folderPath}
              </Text>
            </div>
            <Text size="sm" className="tabular">
              {formatBytes(sizeBytes)}
            </Text>
          </li>
        ))}
      </ul>
      {!data.complete && (
        <Text size="xs" c="dimmed">
          {t.notAll}
        </Text>
      )}
    </div>
  );
}
