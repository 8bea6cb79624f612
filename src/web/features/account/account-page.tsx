import { FrameTitle } from "#web/frame/title.tsx";
import { strings } from "#web/strings.ts";
import classes from "./account.module.css";
import { AppPasswords } from "./app-passwords.tsx";
import { PasswordForm } from "./password-form.tsx";
import { ProfileForm } from "./profile-form.tsx";
import { Sessions } from "./sessions.tsx";

/** One's own name, password, app passwords and sessions. */
export function AccountPage() {
  return (
    <>
      <FrameTitle title={strings.account.title} />
      <div className={classes.page}>
        <div className={classes.column}>
          <ProfileForm />
          <PasswordForm />
          <AppPasswords />
          <Sessions />
        </div>
      </div>
    </>
  );
}
