'use client';
import { Button, Text } from '@mantine/core';
import { IconLink, IconPencil, IconPlus, IconShieldOff, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { readAgain } from '@/api/query';
import type { Session, User } from '@/api/types';
import { Badge } from '@/ui/Badge';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { PagedTable, type Column } from '@/ui/DataTable';
import { Empty } from '@/ui/Messages';
import { Page, Section } from '@/ui/Page';
import { RowMenu, type RowAction } from '@/ui/RowMenu';
import { Time } from '@/ui/Time';
import { useSession } from '../session/api';
import { mayDo, useMay } from '../session/may';
import { createLink, deleteUser, resetTotp, useUsers } from './api';
import { EditUserDialog } from './EditUserDialog';
import { LinkDialog, type Made } from './LinkDialog';
import { NewUserDialog } from './NewUserDialog';
import { grantable } from './schema';

type Dialog = { kind: 'new' } | { kind: 'edit' | 'link' | 'totp' | 'delete'; user: User } | { kind: 'made'; made: Made };

const columns: readonly Column<User>[] = [
  {
    head: 'User',
    wide: true,
    cell: (user) => (
      <>
        <Text fw={600}>{user.name}</Text>
        {user.name !== user.email && (
          <Text size="sm" c="dimmed">
            {user.email}
          </Text>
        )}
      </>
    ),
  },
  { head: 'Role', cell: (user) => user.role },
  { head: 'Customers', from: 'sm', cell: (user) => (user.role === 'admin' ? 'all' : user.customers.join(', ') || 'none yet') },
  {
    head: 'Password',
    from: 'sm',
    cell: (user) => <Badge tone={user.hasPassword ? 'ok' : 'wait'}>{user.hasPassword ? 'set' : 'not yet'}</Badge>,
  },
  {
    head: 'Second factor',
    from: 'md',
    cell: (user) => <Badge tone={user.hasTotp ? 'ok' : 'idle'}>{user.hasTotp ? 'on' : 'off'}</Badge>,
  },
  { head: 'Made', from: 'lg', right: true, cell: (user) => <Time at={user.createdAt} /> },
];

/** Nobody takes the own way in away by mistake: that is for somebody else to do. */
function actionsOf(user: User, session: Session, open: (dialog: Dialog) => void): RowAction[] {
  const own = user.id === session.userId;
  return [
    ...(mayDo(session, 'updateUser') ? [{ text: 'Edit', Icon: IconPencil, act: () => open({ kind: 'edit', user }) }] : []),
    ...(mayDo(session, 'createUserLink') ? [{ text: 'New link', Icon: IconLink, act: () => open({ kind: 'link', user }) }] : []),
    ...(mayDo(session, 'resetUserTotp') && user.hasTotp && !own
      ? [{ text: 'Reset the second factor', Icon: IconShieldOff, act: () => open({ kind: 'totp', user }) }]
      : []),
    ...(mayDo(session, 'deleteUser') && !own
      ? [{ text: 'Delete', Icon: IconTrash, danger: true, act: () => open({ kind: 'delete', user }) }]
      : []),
  ];
}

interface DialogsProps {
  dialog: Dialog;
  session: Session;
  onClose: () => void;
  /** Something was changed; with a link that is to be shown. */
  onDone: (made?: Made) => void;
}

function Dialogs({ dialog, session, onClose, onDone }: DialogsProps) {
  const roles = grantable(session.role);
  switch (dialog.kind) {
    case 'new':
      return <NewUserDialog roles={roles} onClose={onClose} onMade={onDone} />;
    case 'edit':
      return <EditUserDialog id={dialog.user.id} name={dialog.user.name} roles={roles} onClose={onClose} onDone={() => onDone()} />;
    case 'made':
      return <LinkDialog made={dialog.made} onClose={onClose} />;
    case 'link':
      return (
        <ConfirmDialog
          title={`New link for ${dialog.user.email}`}
          action="Make a link"
          apply={(key) => createLink(dialog.user.id, key)}
          onClose={onClose}
          onDone={onDone}
        >
          For an invitation that was lost, or a password that was forgotten. The link before is good no more; the password stays until
          the new one is used.
        </ConfirmDialog>
      );
    case 'totp':
      return (
        <ConfirmDialog
          title={`Reset the second factor of ${dialog.user.email}`}
          action="Reset the second factor"
          danger
          apply={() => resetTotp(dialog.user.id)}
          onClose={onClose}
          onDone={() => onDone()}
        >
          For a user who has lost both the authenticator and the recovery codes: be sure that it is they who ask. From now on the password
          alone signs them in, until they enrol an authenticator again.
        </ConfirmDialog>
      );
    case 'delete':
      return (
        <ConfirmDialog
          title={`Delete the user: ${dialog.user.name}`}
          action="Delete the user"
          danger
          apply={() => deleteUser(dialog.user.id)}
          onClose={onClose}
          onDone={() => onDone()}
        >
          The sessions and tokens of {dialog.user.email} end at once. Customers, sites and domains stay as they are.
        </ConfirmDialog>
      );
  }
}

export function UsersPage() {
  const client = useQueryClient();
  const query = useUsers();
  const session = useSession().data;
  const may = useMay();
  const [dialog, setDialog] = useState<Dialog>();
  const done = (made?: Made) => {
    setDialog(made && { kind: 'made', made });
    void readAgain(client);
  };
  const actions: Column<User> = {
    head: 'Actions',
    right: true,
    cell: (user) => session && <RowMenu of={user.email} actions={actionsOf(user, session, setDialog)} />,
  };
  const create = may('createUser') && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDialog({ kind: 'new' })}>
      New user
    </Button>
  );
  return (
    <Page title="Users" lead="Who may sign in, as what, and for which customers." actions={create}>
      <Section title="All users" flush>
        <PagedTable
          caption="Users"
          columns={may('updateUser') ? [...columns, actions] : columns}
          query={query}
          rowKey={(user) => user.id}
          empty={<Empty title="No users yet">Make one for each person; a role says what that person may do.</Empty>}
        />
      </Section>
      {dialog && session && <Dialogs dialog={dialog} session={session} onClose={() => setDialog(undefined)} onDone={done} />}
    </Page>
  );
}
