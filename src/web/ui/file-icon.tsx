import {
  IconFile,
  IconFileCode,
  IconFileText,
  IconFileTypePdf,
  IconFileWord,
  IconFileZip,
  IconFolderFilled,
  IconMovie,
  IconMusic,
  IconPhoto,
  IconPresentation,
  IconTable,
  type Icon,
} from "@tabler/icons-react";
import { fileKind, type FileKind } from "./mime.ts";

const icons: Readonly<Record<FileKind, { readonly icon: Icon; readonly tint: string }>> = {
  folder: { icon: IconFolderFilled, tint: "var(--hearth-folder)" },
  image: { icon: IconPhoto, tint: "var(--hearth-tint-image)" },
  video: { icon: IconMovie, tint: "var(--hearth-tint-video)" },
  audio: { icon: IconMusic, tint: "var(--hearth-tint-audio)" },
  pdf: { icon: IconFileTypePdf, tint: "var(--hearth-now)" },
  text: { icon: IconFileText, tint: "var(--hearth-dimmed)" },
  code: { icon: IconFileCode, tint: "var(--hearth-dimmed)" },
  archive: { icon: IconFileZip, tint: "var(--hearth-soon)" },
  sheet: { icon: IconTable, tint: "var(--hearth-good)" },
  document: { icon: IconFileWord, tint: "var(--hearth-tint-document)" },
  slides: { icon: IconPresentation, tint: "var(--hearth-soon)" },
  file: { icon: IconFile, tint: "var(--hearth-dimmed)" },
};

/** The icon of a file or folder; decoration, so hidden from assistive technology. */
export function FileIcon(props: {
  readonly node: { readonly kind: "file" | "folder"; readonly mime: string };
  readonly sizePx?: number;
}) {
  const { icon: Shape, tint } = icons[fileKind(props.node)];
  return <Shape size={props.sizePx ?? 20} color={tint} stroke={1.5} aria-hidden="true" />;
}
