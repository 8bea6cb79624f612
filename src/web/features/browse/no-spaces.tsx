import { Button } from "@mantine/core";
import { IconFolderOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { FrameTitle } from "#web/frame/title.tsx";
import { strings } from "#web/strings.ts";
import { EmptyState } from "#web/ui/index.ts";

/** `/files` of somebody without any space; everybody else is led to their first one. */
export function NoSpaces() {
  return (
    <>
      <FrameTitle title={strings.browse.title} />
      <EmptyState
        icon={IconFolderOff}
        title={strings.browse.noSpaces}
        hint={strings.browse.noSpacesHint}
        action={
          <Button variant="default" component={Link} to="/shared">
            {strings.shared.title}
          </Button>
        }
      />
    </>
  );
}
