import { IconFolderOff } from "@tabler/icons-react";
import { FrameTitle } from "#web/frame/title.tsx";
import { strings } from "#web/strings.ts";
import { EmptyState } from "#web/ui/index.ts";

/** `/files` of somebody without any space; everybody else is led to their first one. */
export function NoSpaces() {
  return (
    <>
      <FrameTitle title={strings.browse.title} />
      <EmptyState icon={IconFolderOff} title={strings.browse.noSpaces} hint={strings.browse.noSpacesHint} />
    </>
  );
}
