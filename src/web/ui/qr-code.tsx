import { create } from "qrcode";
import { useMemo } from "react";
import classes from "./qr-code.module.css";
import { qrPath } from "./qr-path.ts";

/** Scanners need four light modules around the code (ISO/IEC 18004). */
const quiet = 4;

/** A text as a QR code; always dark on white, for many scanners refuse an inverted one. Loaded with its page: the encoder is heavy. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { size, path } = useMemo(() => {
    const { modules } = create(text, { errorCorrectionLevel: "M" });
    return { size: modules.size, path: qrPath(modules.size, (row, column) => modules.get(row, column) === 1) };
  }, [text]);
  return (
    <svg
      className={classes.qr}
      viewBox={`${-quiet} ${-quiet} ${size + 2 * quiet} ${size + 2 * quiet}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <path d={path} />
    </svg>
  );
}
