'use client';
import { Anchor, Button, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { readAgain } from '@/api/query';
import type { Token } from '@/api/types';
import { Badge } from '@/ui/Badge';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { PagedTable, type Column } from '@/ui/DataTable';
import { Empty } from '@/ui/Messages';
import { OnceDialog } from '@/ui/OnceDialog';
import { Page, Section } from '@/ui/Page';
import { Time } from '@/ui/Time';
import { useMay } from '../session/may';
import { deleteToken, useTokens, type Made } from './api';
import { NewTokenDialog } from './NewTokenDialog';

type Dialog = { kind: 'new' } | { kind: 'made'; made: Made } | { kind: 'revoke'; token: Token };

const columns: readonly Column<Token>[] = [
  {
    head: 'Token',
    wide: true,
    cell: (token) => (
      <>
        <Text fw={600}>{token.name}</Text>
        <Text size="sm" c="dimmed" component="code">
          {token.id}
        </Text>
      </>
    ),
  },
  {
    head: 'Good for',
    cell: (token) => <Badge tone={token.scopes.includes('write') ? 'wait' : 'idle'}>{token.scopes.includes('write') ? 'changing' : 'reading'}</Badge>,
  },
  {
    head: 'Customer',
    from: 'sm',
    cell: (token) =>
      token.customerId === undefined ? (
        'all'
      ) : (
        <Anchor component={Link} href={`/customer/?id=${token.customerId}`}>
          {token.customerId}
        </Anchor>
      ),
  },
  { head: 'Made', from: 'md', right: true, cell: (token) => <Time at={token.createdAt} /> },
  { head: 'Ends', from: 'sm', right: true, cell: (token) => (token.expiresAt === undefined ? 'never' : <Time at={token.expiresAt} />) },
];

interface DialogsProps {
  dialog: Dialog;
  onClose: () => void;
  onDone: (made?: Made) => void;
}

function Dialogs({ dialog, onClose, onDone }: DialogsProps) {
  switch (dialog.kind) {
    case 'new':
      return <NewTokenDialog onClose={onClose} onMade={onDone} />;
    case 'made':
      return (
        <OnceDialog title={`Token “${dialog.made.token.name}”`} what="the token" secret={dialog.made.secret} onClose={onClose}>
          Programs send it as <code>Authorization: Bearer</code>; the command line takes it at <code>berth login</code>.
        </OnceDialog>
      );
    case 'revoke':
      return (
        <ConfirmDialog
          title={`Revoke the token: ${dialog.token.name}`}
          action="Revoke the token"
          danger
          apply={() => deleteToken(dialog.token.id)}
          onClose={onClose}
          onDone={() => onDone()}
        >
          What uses it is refused from now on, and sessions that it was exchanged for end too. This cannot be undone.
        </ConfirmDialog>
      );
  }
}

/** Everybody has API tokens of their own; nobody sees those of others. */
export function TokensPage() {
  const client = useQueryClient();
  const query = useTokens();
  const may = useMay();
  const [dialog, setDialog] = useState<Dialog>();
  const done = (made?: Made) => {
    setDialog(made && { kind: 'made', made });
    void readAgain(client);
  };
  const revoke: Column<Token> = {
    head: 'Actions',
    right: true,
    cell: (token) => (
      <Button size="compact-sm" variant="default" c="var(--bad)" aria-label={`Revoke ${token.name}`} onClick={() => setDialog({ kind: 'revoke', token })}>
        Revoke
      </Button>
    ),
  };
  const create = may('createToken') && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDialog({ kind: 'new' })}>
      New token
    </Button>
  );
  return (
    <Page title="API tokens" lead="What programs sign in by, in your name. Only yours are listed." actions={create}>
      <Section title="Your tokens" flush>
        <PagedTable
          caption="API tokens"
          columns={may('deleteToken') ? [...columns, revoke] : columns}
          query={query}
          rowKey={(token) => token.id}
          empty={<Empty title="No tokens yet">Make one for each program, so that each can be revoked by itself.</Empty>}
        />
      </Section>
      {dialog && <Dialogs dialog={dialog} onClose={() => setDialog(undefined)} onDone={done} />}
    </Page>
  );
}
