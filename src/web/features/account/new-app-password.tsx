import { Button, Group, Modal, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { call, invalidate, type Input } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import { strings } from "#web/strings.ts";
import { CopyButton, ErrorLine } from "#web/ui/index.ts";
import classes from "./account.module.css";

const t = strings.account.apps;
const scopes = ["files", "files:read"] as const;

/** Asks what the app password is for, then shows its secret once, with what else the program wants to know. */
export function NewAppPassword({ onClose }: { onClose(): void }) {
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: (input: Input<"appPassword.create">) => call("appPassword.create", input),
    onSuccess: () => invalidate(client, "appPassword.list"),
  });
  const secret = create.data?.secret;
  return (
    <Modal
      opened
      onClose={onClose}
      title={secret ? t.created : t.add}
      closeOnClickOutside={!secret}
      closeOnEscape={!secret}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      {secret ? (
        <Secret secret={secret} onClose={onClose} />
      ) : (
        <Form busy={create.isPending} error={create.error} onCreate={create.mutate} onClose={onClose} />
      )}
    </Modal>
  );
}

function Form(props: {
  readonly busy: boolean;
  readonly error: unknown;
  onCreate(input: Input<"appPassword.create">): void;
  onClose(): void;
}) {
  const [label, setLabel] = useState("");
  const [scope, setScope] = useState<(typeof scopes)[number]>("files");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (label.trim() !== "") props.onCreate({ label: label.trim(), scope });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label={t.label}
          placeholder={t.labelPlaceholder}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
          maxLength={100}
          data-autofocus
        />
        <Radio.Group
          label={t.scope}
          value={scope}
          onChange={(value) => setScope(value === "files:read" ? value : "files")}
        >
          <Stack gap="xs" mt={4}>
            {scopes.map((value) => (
              <Radio key={value} value={value} label={t.scopes[value]} />
            ))}
          </Stack>
        </Radio.Group>
        <ErrorLine error={props.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="subtle" color="gray" onClick={props.onClose}>
            {strings.common.cancel}
          </Button>
          <Button type="submit" loading={props.busy} disabled={label.trim() === ""}>
            {t.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Secret({ secret, onClose }: { readonly secret: string; onClose(): void }) {
  const { person } = useSession();
  const facts: readonly (readonly [string, string])[] = [
    [t.davAddress, `${window.location.origin}/dav/`],
    [t.user, person?.name ?? ""],
    [t.secret, secret],
  ];
  return (
    <Stack gap="md">
      <Text size="sm">{t.once}</Text>
      {facts.map(([label, value]) => (
        <div key={label} className={classes.fact}>
          <TextInput
            readOnly
            label={label}
            value={value}
            onFocus={(event) => event.currentTarget.select()}
            classNames={{ input: classes.mono }}
          />
          <CopyButton value={value} label={t.copy} copiedLabel={t.copied} aria-label={`${t.copy}: ${label}`} />
        </div>
      ))}
      <Button onClick={onClose} className={classes.submit}>
        {t.done}
      </Button>
    </Stack>
  );
}
