import { Avatar, Menu, Text, UnstyledButton, VisuallyHidden, useMantineColorScheme } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconLogout, IconShield, IconShieldCheck, IconUserCircle, IconUsers } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { call } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { sizes } from "#web/theme.ts";
import { notifyError } from "#web/ui/index.ts";
import type { NavEntry } from "./nav.ts";
import { leave, useSession } from "./session.ts";

const iconPx = 16;
/** Where the rail gives way to the bottom bar. */
const phone = `(max-width: ${sizes.phoneBelowPx - 0.02}px)`;

/** Who is logged in, appearance, and the way out; `more` are pages that a phone's bottom bar has no room for. */
export function AvatarMenu(props: { readonly more: readonly NavEntry[] }) {
  const { person, can } = useSession();
  const client = useQueryClient();
  const router = useRouter();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const t = strings.frame;
  const isPhone = useMediaQuery(phone, undefined, { getInitialValueInEffect: false });
  const logout = useMutation({
    mutationFn: () => call("session.logout", {}),
    onSuccess: () => leave(client, () => router.navigate({ to: "/login" })),
    onError: notifyError,
  });
  if (!person) return null;
  return (
    <Menu position="bottom-end" width={260} keepMounted={false}>
      <Menu.Target>
        <UnstyledButton p={4}>
          <Avatar name={person.displayName} color="ember" variant="light" size={32} aria-hidden="true" />
          <VisuallyHidden>{t.avatar(person.displayName)}</VisuallyHidden>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" c="var(--hearth-text)" truncate>
            {person.displayName}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {person.name}
          </Text>
        </Menu.Label>
        <Menu.Divider />
        {isPhone && (
          <>
            {props.more
              .filter(({ to }) => to !== "/people" && to !== "/security")
              .map(({ to, label, icon: Shape }) => (
                <Menu.Item key={to} component={Link} to={to} leftSection={<Shape size={iconPx} />}>
                  {label}
                </Menu.Item>
              ))}
            <Menu.Divider />
          </>
        )}
        <Menu.Label>{t.theme}</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as "auto" | "light" | "dark")}>
          <Menu.RadioItem value="auto">{t.themeAuto}</Menu.RadioItem>
          <Menu.RadioItem value="light">{t.themeLight}</Menu.RadioItem>
          <Menu.RadioItem value="dark">{t.themeDark}</Menu.RadioItem>
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item component={Link} to="/account" leftSection={<IconUserCircle size={iconPx} />}>
          {t.account}
        </Menu.Item>
        <Menu.Item component={Link} to="/account/security" leftSection={<IconShieldCheck size={iconPx} />}>
          {t.security}
        </Menu.Item>
        {can("people.read") && (
          <Menu.Item component={Link} to="/people" leftSection={<IconUsers size={iconPx} />}>
            {t.people}
          </Menu.Item>
        )}
        {can("security.read") && (
          <Menu.Item component={Link} to="/security" leftSection={<IconShield size={iconPx} />}>
            {strings.house.title}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconLogout size={iconPx} />} onClick={() => logout.mutate()}>
          {t.logout}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
