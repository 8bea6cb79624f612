import { Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { CertifiedDevice } from "#contract/security/certificates";
import { call, invalidate } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { FetchCertificate } from "./fetch-certificate.tsx";
import { SignedCertificate } from "./signed-certificate.tsx";
import { WishForm, type Wish } from "./wish-form.tsx";

const t = strings.devices.issue;

/** Asks for which device, then hands out the certificate once. `renewed` is a device that has one already. */
export function IssueDialog(props: { readonly renewed: CertifiedDevice | null; onClose(): void }) {
  const { renewed } = props;
  const client = useQueryClient();
  const issue = useMutation({
    mutationFn: ({ deviceName, kind, signingRequestPem }: Wish) => {
      const form = kind === "signing-request" ? { signingRequestPem } : { format: kind };
      return renewed
        ? call("certificates.renew", { deviceId: renewed.id, ...form })
        : call("certificates.issue", { deviceName, ...form });
    },
    onSuccess: () => invalidate(client, "certificates.list"),
  });
  const issued = issue.data;
  const kind = issue.variables?.kind ?? "pkcs12";
  const title = issued ? t.ready(issued.device.name) : renewed ? t.renewTitle(renewed.name) : t.title;
  return (
    <Modal
      opened
      onClose={props.onClose}
      size={issued ? "lg" : "md"}
      title={title}
      closeOnClickOutside={!issued}
      closeOnEscape={!issued}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      {issued?.download && kind !== "signing-request" && (
        <FetchCertificate download={issued.download} format={kind} onClose={props.onClose} />
      )}
      {issued?.certificatePem && <SignedCertificate pem={issued.certificatePem} onClose={props.onClose} />}
      {!issued && (
        <WishForm
          isRenewal={renewed !== null}
          isBusy={issue.isPending}
          error={issue.error}
          onWish={(wish) => issue.mutate(wish)}
        />
      )}
    </Modal>
  );
}
