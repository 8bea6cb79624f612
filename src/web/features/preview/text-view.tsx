import { Text } from "@mantine/core";
import { memo, useMemo, type ReactNode } from "react";
import type { Node } from "#contract/apps/files/browse";
import { strings } from "#web/strings.ts";
import { ErrorState, formatBytes } from "#web/ui/index.ts";
import { highlighterFor, type Token } from "./highlight.ts";
import { textLimitBytes } from "./kinds.ts";
import classes from "./preview.module.css";
import { portionsOf } from "./text.ts";
import { useText } from "./use-text.ts";
import { FileCard, Waiting } from "./file-card.tsx";

const t = strings.preview.none;
const linesEach = 200;
/** Above this, colours cost more time than they give. */
const highlightLimit = 256 * 1024;

/** Loads a text and hands it to `children`; says so when there is none, when it is cut, or when it is no text at all. */
export function TextLoader(props: { readonly node: Node; children(text: string): ReactNode }) {
  const { node } = props;
  const { data, error, refetch } = useText(node);
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Waiting />;
  if (data.text === null) return <FileCard node={node} title={t.binary} />;
  if (data.text === "") return <FileCard node={node} title={t.empty} />;
  return (
    <div className={classes.paper} tabIndex={0} role="region" aria-label={node.name}>
      {props.children(data.text)}
      {data.cut && (
        <Text size="sm" c="dimmed" p="md">
          {t.tooLong(formatBytes(textLimitBytes))}
        </Text>
      )}
    </div>
  );
}

export function TextView({ node }: { readonly node: Node }) {
  return <TextLoader node={node}>{(text) => <Code text={text} name={node.name} />}</TextLoader>;
}

function Code({ text, name }: { readonly text: string; readonly name: string }) {
  const portions = useMemo(() => portionsOf(text, linesEach), [text]);
  const highlight = text.length <= highlightLimit ? highlighterFor(name) : null;
  return (
    <pre className={classes.code}>
      {portions.map((lines, index) => (
        <Portion key={index} lines={lines} highlight={highlight} />
      ))}
    </pre>
  );
}

const Portion = memo(function Portion(props: {
  readonly lines: readonly string[];
  readonly highlight: ((line: string) => Token[]) | null;
}) {
  const { lines, highlight } = props;
  const intrinsic = `auto ${lines.length * 1.5}em`;
  return (
    <code className={classes.portion} style={{ containIntrinsicBlockSize: intrinsic }}>
      {highlight
        ? lines.map((line, index) => (
            <span key={index}>
              {highlight(line).map((token, at) =>
                token.kind === "plain" ? (
                  token.text
                ) : (
                  <span key={at} data-token={token.kind}>
                    {token.text}
                  </span>
                ),
              )}
              {"\n"}
            </span>
          ))
        : `${lines.join("\n")}\n`}
    </code>
  );
});
