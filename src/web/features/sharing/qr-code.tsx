import { Text } from "@mantine/core";
import { strings } from "#web/strings.ts";
import { QrCode as Code } from "#web/ui/qr-code.tsx";
import classes from "./sharing.module.css";

const t = strings.sharing;

/** The address of a link for the camera of a phone. */
export function QrCode({ url }: { readonly url: string }) {
  return (
    <figure className={classes.qr}>
      <Code text={url} label={t.qrAlt(url)} />
      <Text component="figcaption" size="xs" c="dimmed">
        {t.qrHint}
      </Text>
    </figure>
  );
}
