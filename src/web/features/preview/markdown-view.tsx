import { Typography } from "@mantine/core";
import { useMemo } from "react";
import type { Node } from "#contract/apps/files/browse";
import { renderMarkdown } from "./markdown.ts";
import classes from "./preview.module.css";
import { TextLoader } from "./text-view.tsx";

export function MarkdownView({ node }: { readonly node: Node }) {
  return <TextLoader node={node}>{(text) => <Rendered text={text} />}</TextLoader>;
}

function Rendered({ text }: { readonly text: string }) {
  const html = useMemo(() => renderMarkdown(text), [text]);
  return (
    <Typography className={classes.markdown}>
      <div dangerouslySetInnerHTML={{ __html: html }} />
    </Typography>
  );
}
