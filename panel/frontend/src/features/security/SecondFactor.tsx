import { Button, Group, Stack, Text } from '@mantine/core';
import { QRCodeSVG } from 'qrcode.react';
import { useState } from 'react';
import type { Totp, TotpEnrolment } from '@/api/types';
import { formatCount } from '@/lib/format';
import { Copy } from '@/ui/Copy';
import { Loaded } from '@/ui/Messages';
import { Notice } from '@/ui/Notice';
import { SecretForm, type SecretField } from './SecretForm';
import { useConfirm, useDisable, useEnrol, useRenewCodes, useTotp } from './api';

const password: SecretField<'password'> = { name: 'password', label: 'Your password', kind: 'current-password' };
const digits: SecretField<'code'> = { name: 'code', label: 'Code', kind: 'one-time-code', description: 'The six digits that your authenticator shows' };
const code: SecretField<'code'> = { ...digits, description: 'The six digits that your authenticator shows, or a recovery code' };

/** Shown once: the server keeps hashes of them only. */
function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  return (
    <Stack gap="md">
      <Notice tone="wait" title="Keep these recovery codes">
        They are not shown again. Each stands for a code once. Keep them where your authenticator is not.
      </Notice>
      <ul aria-label="Recovery codes" style={{ columns: '12rem', margin: 0, paddingInlineStart: '1.25rem' }}>
        {codes.map((one) => (
          <li key={one}>
            <code>{one}</code>
          </li>
        ))}
      </ul>
      <Group gap="md">
        <Copy text={codes.join('\n')} what="the recovery codes" shown="Copy all" />
        <Button onClick={onDone}>I have kept them</Button>
      </Group>
    </Stack>
  );
}

/** The secret, as a picture and as text. It lives in this component alone. */
function Confirm({ made, onCodes, onCancel }: { made: TotpEnrolment; onCodes: (codes: string[]) => void; onCancel: () => void }) {
  const confirm = useConfirm();
  return (
    <Stack gap="md">
      <Text size="sm">Scan this with your authenticator, or type the text into it. Then give the code that it shows.</Text>
      {made.uri !== undefined && (
        <QRCodeSVG value={made.uri} size={192} marginSize={4} title="QR code of the second factor’s secret" bgColor="#ffffff" fgColor="#000000" />
      )}
      {made.secret !== undefined && <Copy text={made.secret} what="the secret" />}
      <SecretForm
        fields={[digits]}
        action="Enable the second factor"
        submit={async (values) => onCodes((await confirm.mutateAsync(values)).recoveryCodes ?? [])}
        onCancel={onCancel}
      />
    </Stack>
  );
}

function Off({ totp, onMade }: { totp: Totp; onMade: (made: TotpEnrolment) => void }) {
  const enrol = useEnrol();
  return (
    <Stack gap="md">
      <Text size="sm">
        {totp.state === 'pending'
          ? 'You began to enable it and gave no code yet. Begin again: the secret before is good no more.'
          : 'Sign-in asks for your password alone. With a second factor it asks for a code of an authenticator as well.'}
      </Text>
      <SecretForm fields={[password]} action="Begin" submit={async (values) => onMade(await enrol.mutateAsync(values))} />
    </Stack>
  );
}

function Active({ totp, onCodes }: { totp: Totp; onCodes: (codes: string[]) => void }) {
  const [deed, setDeed] = useState<'disable' | 'renew'>();
  const disable = useDisable();
  const renew = useRenewCodes();
  const cancel = () => setDeed(undefined);
  if (deed === 'disable') {
    return (
      <SecretForm
        fields={[password, code]}
        action="Disable the second factor"
        danger
        submit={(values) => disable.mutateAsync(values)}
        onCancel={cancel}
      />
    );
  }
  if (deed === 'renew') {
    return (
      <SecretForm
        fields={[password, code]}
        action="Make new recovery codes"
        submit={async (values) => onCodes((await renew.mutateAsync(values)).recoveryCodes ?? [])}
        onCancel={cancel}
      />
    );
  }
  return (
    <Stack gap="md">
      <Text size="sm">Sign-in asks for a code of your authenticator. You have {formatCount(totp.recoveryCodesLeft, 'recovery code')} left.</Text>
      <Group gap="xs">
        <Button variant="default" onClick={() => setDeed('renew')}>
          New recovery codes
        </Button>
        <Button variant="default" onClick={() => setDeed('disable')}>
          Disable
        </Button>
      </Group>
    </Stack>
  );
}

/** What the server says once (the secret, recovery codes) goes before what it says always. */
export function SecondFactor() {
  const query = useTotp();
  const [made, setMade] = useState<TotpEnrolment>();
  const [codes, setCodes] = useState<string[]>();
  if (codes !== undefined) return <RecoveryCodes codes={codes} onDone={() => setCodes(undefined)} />;
  if (made !== undefined) {
    const enabled = (given: string[]) => {
      setMade(undefined);
      setCodes(given);
    };
    return <Confirm made={made} onCodes={enabled} onCancel={() => setMade(undefined)} />;
  }
  return (
    <Loaded query={query} what="the second factor">
      {(totp) => (totp.state === 'active' ? <Active totp={totp} onCodes={setCodes} /> : <Off totp={totp} onMade={setMade} />)}
    </Loaded>
  );
}
