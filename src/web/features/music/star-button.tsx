import { ActionIcon, Rating } from "@mantine/core";
import { IconHeart, IconHeartFilled } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { MusicKind } from "#contract/apps/media/music";
import { call } from "#web/client.ts";
import { music as t } from "#web/strings/music.ts";
import { notifyError } from "#web/ui/index.ts";

interface Marked {
  readonly id: number;
  readonly starredAtMs: number | null;
  readonly rating: number | null;
}

/** Lists that show stars are asked anew a moment later. */
function useRefresh() {
  const client = useQueryClient();
  return () =>
    void client.invalidateQueries({ predicate: ({ queryKey: [name] }) => String(name).startsWith("music.") });
}

export function StarButton(props: {
  readonly kind: MusicKind;
  readonly of: Marked;
  readonly title: string;
  readonly size?: "md" | "lg";
  onChange?(isStarred: boolean): void;
}) {
  const { kind, of, title, onChange } = props;
  const refresh = useRefresh();
  const isKept = of.starredAtMs !== null;
  const [shown, setShown] = useState<{ readonly of: Marked; readonly isStarred: boolean }>({ of, isStarred: isKept });
  const isStarred = shown.of === of ? shown.isStarred : isKept;
  const set = (next: boolean): void => {
    setShown({ of, isStarred: next });
    onChange?.(next);
    call("music.setStar", { kind, ids: [of.id], isStarred: next }).then(refresh, (error: unknown) => {
      setShown({ of, isStarred: !next });
      onChange?.(!next);
      notifyError(error);
    });
  };
  const Shape = isStarred ? IconHeartFilled : IconHeart;
  return (
    <ActionIcon
      size={props.size ?? "md"}
      aria-label={isStarred ? t.unstar(title) : t.star(title)}
      aria-pressed={isStarred}
      c={isStarred ? "var(--hearth-accent)" : undefined}
      onClick={() => set(!isStarred)}
    >
      <Shape size={18} stroke={1.5} aria-hidden="true" />
    </ActionIcon>
  );
}

/** One to five stars; the same one again takes it away. */
export function RatingField(props: { readonly kind: MusicKind; readonly of: Marked; readonly title: string }) {
  const { kind, of, title } = props;
  const refresh = useRefresh();
  const [shown, setShown] = useState({ of, value: of.rating ?? 0 });
  const value = shown.of === of ? shown.value : (of.rating ?? 0);
  const set = (next: number): void => {
    const rating = next === value || next === 0 ? null : next;
    setShown({ of, value: rating ?? 0 });
    call("music.setRating", { kind, id: of.id, rating }).then(refresh, notifyError);
  };
  return (
    <span role="group" aria-label={t.rating(title)}>
      <Rating value={value} onChange={set} getSymbolLabel={t.ratingValue} name={`rating-${kind}-${of.id}`} />
    </span>
  );
}
