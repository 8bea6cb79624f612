import { Progress, Text } from "@mantine/core";
import type { Output } from "#web/client.ts";
import { search as t } from "#web/strings/search.ts";
import { formatDuration } from "#web/ui/index.ts";
import classes from "./search.module.css";

type Indexing = NonNullable<Output<"search.find">["indexing"]>;

/** Says that not everything can be found yet, how far it is and how long the rest takes. */
export function IndexingLine({ indexing: { doneCount, totalCount, secondsLeft } }: { readonly indexing: Indexing }) {
  const isCounted = doneCount !== null && totalCount !== null && doneCount < totalCount;
  return (
    <div className={classes.indexing}>
      <Text size="sm" className="tabular">
        {isCounted ? t.indexing(doneCount, totalCount) : t.indexingQuietly}
        {secondsLeft !== null && secondsLeft > 0 && ` ${t.left(formatDuration(secondsLeft * 1000))}`}
      </Text>
      {isCounted && <Progress value={(100 * doneCount) / totalCount} size="sm" aria-label={t.index.title} />}
    </div>
  );
}
