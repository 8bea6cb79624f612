import { Text } from "@mantine/core";
import { create } from "qrcode";
import { useMemo } from "react";
import { strings } from "#web/strings.ts";
import { qrPath } from "./rules.ts";
import classes from "./sharing.module.css";

const t = strings.sharing;
/** Scanners need four light modules around the code (ISO/IEC 18004). */
const quiet = 4;

/** Always dark on white: many scanners refuse an inverted code. */
export function QrCode({ url }: { readonly url: string }) {
  const { size, path } = useMemo(() => {
    const { modules } = create(url, { errorCorrectionLevel: "M" });
    return { size: modules.size, path: qrPath(modules.size, (row, column) => modules.get(row, column) === 1) };
  }, [url]);
  return (
    <figure className={classes.qr}>
      <svg
        viewBox={`${-quiet} ${-quiet} ${size + 2 * quiet} ${size + 2 * quiet}`}
        role="img"
        aria-label={t.qrAlt(url)}
        shapeRendering="crispEdges"
      >
        <path d={path} />
      </svg>
      <Text component="figcaption" size="xs" c="dimmed">
        {t.qrHint}
      </Text>
    </figure>
  );
}
