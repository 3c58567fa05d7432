'use client';
import { Button, List, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { changesOf, operationOf, type Tagged } from '@/api/client';
import { readAgain } from '@/api/query';
import type { Domain, Operation } from '@/api/types';
import { ChangeDialog } from '@/ui/ChangeDialog';
import { Empty } from '@/ui/Messages';
import { Section } from '@/ui/Page';
import { updateDomain } from '../domains/api';
import { Conditions } from '../operations/Conditions';
import { useMay } from '../session/may';
import { Aliases } from './Aliases';
import { DkimKeys } from './DkimKeys';
import { Mailboxes } from './Mailboxes';
import { MailRecords } from './MailRecords';
import { Setup } from './Setup';
import { Spam } from './Spam';

interface MailProps {
  domain: Tagged<Domain>;
  /** A change was accepted and can be followed. */
  onAccepted: (operation: Operation) => void;
}

function Meaning({ host }: { host: string }) {
  return (
    <>
      <Text>Switched on, the mail servers here are this domain’s:</Text>
      <List>
        <List.Item>
          Its zone gets what mail needs: MX to <code>{host}</code>, SPF, DKIM, DMARC, and what mail programs look for. Records of your own stay as
          they are.
        </List.Item>
        <List.Item>Mail is received for its mailboxes and aliases, and refused for any other address.</List.Item>
        <List.Item>What its mailboxes send is signed with keys that change by themselves.</List.Item>
      </List>
    </>
  );
}

function SwitchDialog({ domain, host, onClose, onAccepted }: MailProps & { host: string; onClose: () => void }) {
  const { name, mail } = domain.value;
  const action = mail ? 'Switch mail off' : 'Switch mail on';
  return (
    <ChangeDialog
      title={`${action}: ${name}`}
      action={action}
      danger={mail}
      previewKey={['domain.mail', name, domain.etag]}
      preview={async () => changesOf(await updateDomain(name, { mail: !mail }, { dryRun: true, etag: domain.etag }))}
      apply={async () => operationOf(await updateDomain(name, { mail: !mail }, { etag: domain.etag }))}
      onClose={onClose}
      onAccepted={onAccepted}
    >
      {mail ? (
        <Text>The mail servers here take no mail of this domain any more, and its records of mail go out of the zone. It must have no mailboxes.</Text>
      ) : (
        <Meaning host={host} />
      )}
    </ChangeDialog>
  );
}

const steps: readonly string[] = ['mail', 'dkim', 'maildns'];

function Switch({ domain, host, onAccepted }: MailProps & { host: string }) {
  const [switching, setSwitching] = useState(false);
  const may = useMay();
  const { name, mail, ownership, conditions = [] } = domain.value;
  const seen = conditions.filter(({ type, subject }) => steps.includes(type) && subject === `domain/${name}`);
  const button = may('updateDomain') && (
    <Button size="xs" variant={mail ? 'default' : 'filled'} onClick={() => setSwitching(true)}>
      {mail ? 'Switch mail off' : 'Switch mail on'}
    </Button>
  );
  return (
    <Section title="Mail" aside={button}>
      {!mail && <Text fw={600} mb="xs">The mail of this domain is not handled here.</Text>}
      {!mail && <Meaning host={host} />}
      {mail && ownership === 'pending' && <Text mb="xs">Nothing is received or sent before the domain’s ownership is proven.</Text>}
      {mail && ownership !== 'pending' && <Text mb="xs">The mail servers here receive and send mail of this domain.</Text>}
      {mail && seen.length > 0 && <Conditions conditions={seen} />}
      {switching && <SwitchDialog domain={domain} host={host} onClose={() => setSwitching(false)} onAccepted={onAccepted} />}
    </Section>
  );
}

/** All of a domain's mail: whether it is on, who has mailboxes, what leads where, and what a mail program is told. */
export function Mail({ domain, onAccepted }: MailProps) {
  const client = useQueryClient();
  const { name, mail, mailHost } = domain.value;
  const accepted = (operation: Operation) => {
    void readAgain(client);
    onAccepted(operation);
  };
  if (mailHost === undefined) {
    return (
      <Section title="Mail">
        <Empty title="This installation has no mail servers">Who runs it can set them up; until then domains have no mail here.</Empty>
      </Section>
    );
  }
  return (
    <>
      <Switch domain={domain} host={mailHost} onAccepted={accepted} />
      {mail && (
        <>
          <Mailboxes domain={name} host={mailHost} onAccepted={accepted} />
          <Aliases domain={name} onAccepted={accepted} />
          <Section title="Mail programs">
            <Setup host={mailHost} />
          </Section>
          <Spam customer={domain.value.customerId} onAccepted={accepted} />
          <MailRecords domain={name} />
          <DkimKeys domain={name} onAccepted={accepted} />
        </>
      )}
    </>
  );
}
