import { useQuery } from "@tanstack/react-query";
import { query } from "#web/client.ts";
import { Preview } from "#web/features/preview/index.ts";
import { loadedRows, type Rows } from "./rows.ts";

/** The full-screen preview over the files of the list; an address may also name a file that the list does not show. */
export function PreviewOverlay(props: {
  readonly rows: Rows;
  readonly nodeId: number;
  readonly onNavigate: (id: number) => void;
  readonly onClose: () => void;
}) {
  const { rows, nodeId, onNavigate, onClose } = props;
  const files = loadedRows(rows, 0, rows.total).filter((node) => node.kind === "file");
  const listed = files.some((node) => node.id === nodeId);
  const single = useQuery({ ...query("files.get", { id: nodeId }), enabled: !listed });
  const nodes = listed ? files : single.data ? [single.data.node] : [];
  if (nodes.length === 0) return null;
  return <Preview nodes={nodes} nodeId={nodeId} onClose={onClose} onNavigate={onNavigate} />;
}
