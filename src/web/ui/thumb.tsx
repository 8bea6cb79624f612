import { useState } from "react";
import type { Node } from "#contract/apps/files/browse";
import { FileIcon } from "./file-icon.tsx";
import classes from "./thumb.module.css";

/** Where a list gets its thumbnails; null for none. */
export type ThumbUrl = (node: Node) => string | null;

/** A thumbnail in a box of fixed size, or the icon of the type while there is none. */
export function Thumb(props: { readonly node: Node; readonly url: string | null; readonly iconPx: number }) {
  const { node, url, iconPx } = props;
  const [state, setState] = useState<{ readonly url: string | null; readonly is: "wait" | "there" | "none" }>({
    url,
    is: "wait",
  });
  const is = state.url === url ? state.is : "wait";
  return (
    <span className={classes.box}>
      {(!url || is !== "there") && <FileIcon node={node} sizePx={iconPx} />}
      {url && is !== "none" && (
        <img
          className={classes.image}
          src={url}
          alt=""
          loading="lazy"
          fetchPriority="low"
          decoding="async"
          draggable={false}
          data-there={is === "there" || undefined}
          onLoad={() => setState({ url, is: "there" })}
          onError={() => setState({ url, is: "none" })}
        />
      )}
    </span>
  );
}
