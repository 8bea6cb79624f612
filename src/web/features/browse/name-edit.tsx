import { useEffect, useRef, useState } from "react";
import type { Node } from "#contract/apps/files/browse";
import { strings } from "#web/strings.ts";
import classes from "./name-edit.module.css";

/** The part of a name that a rename selects: without the extension of a file. */
function stemLength(name: string, kind: Node["kind"]): number {
  const dot = name.lastIndexOf(".");
  return kind === "file" && dot > 0 ? dot : name.length;
}

/** A name being changed in place: Enter or leaving keeps it, Escape does not. */
export function NameEdit(props: { readonly node: Node; readonly onDone: (name: string | null) => void }) {
  const { node, onDone } = props;
  const [name, setName] = useState(node.name);
  const input = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  useEffect(() => {
    input.current?.focus();
    input.current?.setSelectionRange(0, stemLength(node.name, node.kind));
  }, [node.name, node.kind]);
  const finish = (keep: boolean): void => {
    if (done.current) return;
    done.current = true;
    const next = name.trim();
    onDone(keep && next && next !== node.name ? next : null);
  };
  return (
    <input
      ref={input}
      className={classes.edit}
      value={name}
      aria-label={strings.browse.renameLabel(node.name)}
      maxLength={255}
      spellCheck={false}
      onChange={(event) => setName(event.currentTarget.value)}
      onBlur={() => finish(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") finish(true);
        if (event.key === "Escape") finish(false);
      }}
    />
  );
}
