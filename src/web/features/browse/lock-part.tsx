import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useState } from "react";
import type { Node } from "#contract/apps/files/browse";
import { strings } from "#web/strings.ts";
import { ErrorLine, formatMoment } from "#web/ui/index.ts";
import classes from "./inspector.module.css";
import { lockWords, type Lock, useLockActs, useLocks } from "./use-locks.ts";

const t = strings.browse.locks;

/** The lock part of the details: who has locked a file, since when and until when, and how that ends. */
export function LockPart({ node }: { readonly node: Node }) {
  const { locks, error } = useLocks(node.id);
  const { lock, end } = useLockActs(node.id);
  const [asked, setAsked] = useState<Lock | null>(null);
  const own = locks?.find(({ nodeId }) => nodeId === node.id);
  const standing = own ?? locks?.[0];
  const isBusy = lock.isPending || end.isPending;
  return (
    <section className={classes.lock} aria-label={t.title}>
      <h3 className={classes.partTitle}>{t.title}</h3>
      <ErrorLine error={error} />
      {locks && !standing && (
        <Text size="sm" c="dimmed">
          {t.none}
        </Text>
      )}
      {standing && (
        <div>
          <Group gap="xs" wrap="nowrap">
            <IconLock size={16} aria-hidden="true" />
            <Text size="sm">{lockWords(standing)}</Text>
          </Group>
          <Text size="xs" c="dimmed" className="tabular">
            {own ? t.span(formatMoment(standing.sinceMs), formatMoment(standing.untilMs)) : t.folder}
          </Text>
        </div>
      )}
      {locks && node.canWrite && (
        <Group gap="xs">
          {(!standing || (own?.isOwn === true && own.by === "person")) && (
            <Button
              variant="default"
              loading={lock.isPending}
              disabled={isBusy}
              title={t.hint}
              onClick={() => lock.mutate()}
            >
              {own ? t.longer : t.lock}
            </Button>
          )}
          {own?.canEnd === true && (
            <Button
              variant="default"
              loading={end.isPending}
              disabled={isBusy}
              onClick={() => (own.isOwn && own.by === "person" ? end.mutate() : setAsked(own))}
            >
              {own.isOwn ? t.unlock : t.end}
            </Button>
          )}
        </Group>
      )}
      {asked && (
        <EndDialog
          name={node.name}
          lock={asked}
          onEnd={() => {
            setAsked(null);
            end.mutate();
          }}
          onClose={() => setAsked(null)}
        />
      )}
    </section>
  );
}

function EndDialog(props: { readonly name: string; readonly lock: Lock; onEnd(): void; onClose(): void }) {
  const who = props.lock.isOwn ? strings.browse.locks.yourOwn : props.lock.holder || t.gone;
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={t.endTitle(props.name)}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      <Stack>
        <Text size="sm">{t.endHint(who)}</Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="subtle" color="gray" onClick={props.onClose}>
            {strings.common.cancel}
          </Button>
          <Button onClick={props.onEnd} data-autofocus>
            {props.lock.isOwn ? t.unlock : t.end}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
