import { Avatar } from "@mantine/core";
import { IconLink, IconUsersGroup, IconWorld } from "@tabler/icons-react";
import type { AccessSubject } from "#contract/security/access";

const sizePx = 32;
const shapes = { group: IconUsersGroup, everyone: IconWorld, link: IconLink } as const;

/** A person as their initials, others as a sign; the name stands beside it. */
export function SubjectIcon({ kind, name }: { readonly kind: AccessSubject["kind"]; readonly name: string }) {
  if (kind === "user") return <Avatar name={name} color="gray" radius="xl" size={sizePx} aria-hidden="true" />;
  const Shape = shapes[kind];
  return (
    <Avatar color="gray" radius="xl" size={sizePx} aria-hidden="true">
      <Shape size={18} stroke={1.5} />
    </Avatar>
  );
}
