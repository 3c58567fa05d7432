'use client';
import { Button, Group, List, Text } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { limits } from '@/api/limits';
import type { Alias, Operation } from '@/api/types';
import { PagedTable, type Column } from '@/ui/DataTable';
import { Empty } from '@/ui/Messages';
import { Section } from '@/ui/Page';
import { RowMenu } from '@/ui/RowMenu';
import { TextFilter } from '@/ui/TextFilter';
import { useMay } from '../session/may';
import { aliasName, DeleteAliasDialog, EditAliasDialog, NewAliasDialog } from './AliasDialogs';
import { useAliases } from './api';

type Dialog = { kind: 'new' } | { kind: 'edit' | 'delete'; address: string };

const columns: readonly Column<Alias>[] = [
  {
    head: 'Alias',
    wide: true,
    cell: ({ address, targets }) => (
      <>
        <Text fw={600}>{address.startsWith('*@') ? 'catch-all' : address}</Text>
        <Text size="sm" hiddenFrom="sm">
          to {targets.join(', ')}
        </Text>
      </>
    ),
  },
  {
    head: 'Leads to',
    from: 'sm',
    cell: ({ targets }) => (
      <List listStyleType="none" size="sm">
        {targets.map((target) => (
          <List.Item key={target}>{target}</List.Item>
        ))}
      </List>
    ),
  },
];

interface AliasesProps {
  domain: string;
  /** A change was accepted and can be followed. */
  onAccepted: (operation: Operation) => void;
}

function Dialogs({ dialog, domain, ...done }: AliasesProps & { dialog: Dialog; onClose: () => void }) {
  switch (dialog.kind) {
    case 'new':
      return <NewAliasDialog domain={domain} {...done} />;
    case 'edit':
      return <EditAliasDialog address={dialog.address} {...done} />;
    case 'delete':
      return <DeleteAliasDialog address={dialog.address} {...done} />;
  }
}

/** Addresses of a domain that lead to others, and the ways to change them. */
export function Aliases({ domain, onAccepted }: AliasesProps) {
  const [q, setQ] = useState('');
  const query = useAliases({ domain, q });
  const may = useMay();
  const [dialog, setDialog] = useState<Dialog>();
  const write = may('updateAlias');
  const actions: Column<Alias> = {
    head: 'Actions',
    right: true,
    cell: ({ address }) => (
      <RowMenu
        of={aliasName(address)}
        actions={[
          { text: 'Edit', Icon: IconPencil, act: () => setDialog({ kind: 'edit', address }) },
          ...(may('deleteAlias') ? [{ text: 'Delete', Icon: IconTrash, danger: true, act: () => setDialog({ kind: 'delete', address }) }] : []),
        ]}
      />
    ),
  };
  const buttons = (
    <Group gap="xs">
      <TextFilter label="Find an alias" value={q} onChange={setQ} maxLength={limits.MailSearch.maxLength} />
      {may('createAlias') && (
        <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setDialog({ kind: 'new' })}>
          New alias
        </Button>
      )}
    </Group>
  );
  const empty =
    q !== '' ? (
      <Empty title="No such aliases">No address of this domain contains “{q}”.</Empty>
    ) : (
      <Empty title="No aliases yet">An alias is an address without a mailbox, such as info or sales, whose mail is sent on to others.</Empty>
    );
  return (
    <Section title="Aliases" flush aside={buttons}>
      <Text size="sm" c="dimmed" px="md" pt="sm">
        Mail to postmaster and abuse, which each domain must take, goes to the oldest mailbox unless one of these, or a mailbox of that name, says otherwise.
      </Text>
      <PagedTable caption="Aliases" columns={write ? [...columns, actions] : columns} query={query} rowKey={({ address }) => address} empty={empty} />
      {dialog && (
        <Dialogs
          dialog={dialog}
          domain={domain}
          onClose={() => setDialog(undefined)}
          onAccepted={(operation) => {
            setDialog(undefined);
            onAccepted(operation);
          }}
        />
      )}
    </Section>
  );
}
