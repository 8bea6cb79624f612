import { Button, Group, Text } from "@mantine/core";
import { IconCloudUpload } from "@tabler/icons-react";
import { DropZone, UploadsInline, UploadTargetProvider } from "#web/features/uploads/index.ts";
import { strings } from "#web/strings.ts";
import type { OpenLink } from "./public-link-page.tsx";
import classes from "./public-link.module.css";
import { linkUrls } from "./urls.ts";

const t = strings.publicLink.upload;
/** The link itself knows its folder; the server takes no other. */
const linkFolder = 0;

/** An upload-only link: files go in, nothing of what is there is shown. */
export function UploadPage({ token, link }: { readonly token: string; readonly link: OpenLink }) {
  return (
    <UploadTargetProvider target={{ scope: `link:${token}`, endpoint: linkUrls(token).uploads }}>
      <DropZone folderId={linkFolder} folderName={link.name} makeEmptyFolders={false} className={classes.upload ?? ""}>
        <div className={classes.dropArea}>
          <IconCloudUpload size={40} stroke={1.25} aria-hidden="true" className={classes.dimmed} />
          <Text fw={550}>{t.lead(link.name)}</Text>
          <Text size="sm" c="dimmed" maw="44ch">
            {t.hint}
          </Text>
          <UploadsInline folderId={linkFolder} thanks={t.thanks}>
            {(choose) => (
              <Group justify="center" gap="xs">
                <Button onClick={() => choose(false)}>{t.choose}</Button>
                <Button variant="default" onClick={() => choose(true)}>
                  {t.chooseFolder}
                </Button>
              </Group>
            )}
          </UploadsInline>
        </div>
      </DropZone>
    </UploadTargetProvider>
  );
}
