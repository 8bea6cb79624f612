import { strings } from "#web/strings.ts";
import { ClashDialog } from "#web/ui/clash-dialog.tsx";
import type { UploadItem } from "./model.ts";
import type { Uploads } from "./uploads.ts";

const t = strings.uploads.clash;

/** Asks what to do about a taken name, once for all of an upload if the person likes. Closing it means skip. */
export function ClashQuestion(props: {
  readonly uploads: Uploads;
  readonly item: UploadItem;
  readonly others: boolean;
}) {
  const { uploads, item, others } = props;
  return (
    <ClashDialog
      name={item.path.slice(item.path.lastIndexOf("/") + 1)}
      hint={t.hint(item.path)}
      forAllLabel={others ? t.forAll : null}
      onAnswer={(choice, forAll) => uploads.answerClash(item.id, choice, forAll)}
      onClose={() => uploads.answerClash(item.id, "skip", false)}
    />
  );
}
