import { CertificateSection, RestoreSection, SessionSection } from "#web/features/devices/index.ts";
import { FactorSections, Protection } from "#web/features/factors/index.ts";
import { NoticeList } from "#web/features/notices/index.ts";
import classes from "./account.module.css";
import { AppPasswords } from "./app-passwords.tsx";
import { Consents } from "./consents.tsx";
import { PasswordForm } from "./password-form.tsx";
import { ProfileForm } from "./profile-form.tsx";
import { ProviderLinks } from "./provider-links.tsx";

/** `/account`: one's own name. */
export function ProfilePage() {
  return <ProfileForm />;
}

/** `/account/security`: what protects the account. */
export function SecurityPage() {
  return (
    <>
      <div className={classes.lead}>
        <NoticeList />
        <Protection />
      </div>
      <FactorSections />
      <PasswordForm />
      <ProviderLinks />
    </>
  );
}

/** `/account/devices`: sessions, and devices with a certificate. */
export function DevicesPage() {
  return (
    <>
      <SessionSection />
      <CertificateSection />
    </>
  );
}

/** `/account/apps`: passwords for programs, and applications one logs in to. */
export function AppsPage() {
  return (
    <>
      <AppPasswords />
      <Consents />
      <RestoreSection />
    </>
  );
}
