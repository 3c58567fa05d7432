'use client';
import { Box, Button, Group, Stack, Text } from '@mantine/core';
import { IconDeviceMobile, IconKey, IconMessageReply, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { limits } from '@/api/limits';
import type { Mailbox, Operation } from '@/api/types';
import { formatQuantity } from '@/lib/format';
import { Badge } from '@/ui/Badge';
import { PagedTable, type Column } from '@/ui/DataTable';
import { Empty } from '@/ui/Messages';
import { OnceDialog } from '@/ui/OnceDialog';
import { Section } from '@/ui/Page';
import { RowMenu, type RowAction } from '@/ui/RowMenu';
import { TextFilter } from '@/ui/TextFilter';
import { useMay } from '../session/may';
import { useMailboxes } from './api';
import { AutoReplyDialog } from './AutoReplyDialog';
import { DeleteMailboxDialog, EditMailboxDialog, NewMailboxDialog, PasswordDialog, type Made } from './MailboxDialogs';
import { Setup, SetupDialog } from './Setup';

type Dialog = { kind: 'new' } | { kind: 'edit' | 'reply' | 'password' | 'setup' | 'delete'; address: string } | { kind: 'made'; made: Made };

function State({ mailbox }: { mailbox: Mailbox }) {
  if (!mailbox.active) return <Badge tone="idle">off</Badge>;
  return mailbox.hasPassword ? <Badge tone="ok">active</Badge> : <Badge tone="wait">no password</Badge>;
}

/** What becomes of its mail besides lying in it. */
function Extras({ mailbox: { forwards, keep, autoReply } }: { mailbox: Mailbox }) {
  return (
    <Stack gap={2}>
      {forwards.length > 0 && (
        <Text size="sm">
          {keep ? 'copy to ' : 'all to '}
          {forwards.join(', ')}
        </Text>
      )}
      {autoReply.on && <Text size="sm">auto-reply</Text>}
    </Stack>
  );
}

const columns: readonly Column<Mailbox>[] = [
  {
    head: 'Mailbox',
    wide: true,
    cell: (mailbox) => (
      <>
        <Text fw={600}>{mailbox.address}</Text>
        {mailbox.name !== '' && (
          <Text size="sm" c="dimmed">
            {mailbox.name}
          </Text>
        )}
        <Box hiddenFrom="sm" mt={4}>
          <State mailbox={mailbox} />
        </Box>
      </>
    ),
  },
  { head: 'State', from: 'sm', cell: (mailbox) => <State mailbox={mailbox} /> },
  { head: 'Room', from: 'sm', right: true, cell: (mailbox) => <span style={{ whiteSpace: 'nowrap' }}>{formatQuantity(mailbox.quota)}</span> },
  { head: 'Forwards', from: 'md', cell: (mailbox) => <Extras mailbox={mailbox} /> },
];

interface May {
  write: boolean;
  delete: boolean;
}

function actionsOf({ address }: Mailbox, may: May, open: (dialog: Dialog) => void): RowAction[] {
  return [
    { text: 'Mail program', Icon: IconDeviceMobile, act: () => open({ kind: 'setup', address }) },
    ...(may.write
      ? [
          { text: 'Edit', Icon: IconPencil, act: () => open({ kind: 'edit', address }) },
          { text: 'Auto-reply', Icon: IconMessageReply, act: () => open({ kind: 'reply', address }) },
          { text: 'New password', Icon: IconKey, act: () => open({ kind: 'password', address }) },
        ]
      : []),
    ...(may.delete ? [{ text: 'Delete', Icon: IconTrash, danger: true, act: () => open({ kind: 'delete', address }) }] : []),
  ];
}

interface MailboxesProps {
  domain: string;
  /** Of the mail servers. */
  host: string;
  /** A change was accepted and can be followed. */
  onAccepted: (operation: Operation) => void;
}

interface DialogsProps extends Omit<MailboxesProps, 'onAccepted'> {
  dialog: Dialog;
  onClose: () => void;
  onAccepted: (operation: Operation, made?: Made) => void;
}

function Dialogs({ dialog, domain, host, ...done }: DialogsProps) {
  switch (dialog.kind) {
    case 'new':
      return <NewMailboxDialog domain={domain} {...done} />;
    case 'edit':
      return <EditMailboxDialog address={dialog.address} {...done} />;
    case 'reply':
      return <AutoReplyDialog address={dialog.address} {...done} />;
    case 'password':
      return <PasswordDialog address={dialog.address} {...done} />;
    case 'delete':
      return <DeleteMailboxDialog address={dialog.address} {...done} />;
    case 'setup':
      return <SetupDialog host={host} address={dialog.address} onClose={done.onClose} />;
    case 'made':
      return (
        <OnceDialog title={`Password of ${dialog.made.address}`} what="the password" secret={dialog.made.password} onClose={done.onClose}>
          <Text mb="md">Hand it on to who reads this mailbox, with what a mail program needs:</Text>
          <Setup host={host} address={dialog.made.address} />
        </OnceDialog>
      );
  }
}

/** The mailboxes of a domain, and the ways to change them. */
export function Mailboxes({ domain, host, onAccepted }: MailboxesProps) {
  const [q, setQ] = useState('');
  const query = useMailboxes({ domain, q });
  const may = useMay();
  const [dialog, setDialog] = useState<Dialog>();
  const actions: Column<Mailbox> = {
    head: 'Actions',
    right: true,
    cell: (mailbox) => (
      <RowMenu of={mailbox.address} actions={actionsOf(mailbox, { write: may('updateMailbox'), delete: may('deleteMailbox') }, setDialog)} />
    ),
  };
  const buttons = (
    <Group gap="xs">
      <TextFilter label="Find a mailbox" value={q} onChange={setQ} maxLength={limits.MailSearch.maxLength} />
      {may('createMailbox') && (
        <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setDialog({ kind: 'new' })}>
          New mailbox
        </Button>
      )}
    </Group>
  );
  const empty =
    q !== '' ? (
      <Empty title="No such mailboxes">No address of this domain contains “{q}”.</Empty>
    ) : (
      <Empty title="No mailboxes yet">
        {may('createMailbox') ? 'Make one for each person who reads mail of this domain.' : 'Those who manage this customer make them.'}
      </Empty>
    );
  return (
    <Section title="Mailboxes" flush aside={buttons}>
      <PagedTable caption="Mailboxes" columns={[...columns, actions]} query={query} rowKey={(mailbox) => mailbox.address} empty={empty} />
      {dialog && (
        <Dialogs
          dialog={dialog}
          domain={domain}
          host={host}
          onClose={() => setDialog(undefined)}
          onAccepted={(operation, made) => {
            setDialog(made && { kind: 'made', made });
            onAccepted(operation);
          }}
        />
      )}
    </Section>
  );
}
