'use client';
import { Anchor, Button, Text } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { readAgain } from '@/api/query';
import type { Plan } from '@/api/types';
import { cpuCores, formatCount, formatQuantity } from '@/lib/format';
import { ConfirmDialog } from '@/ui/ConfirmDialog';
import { PagedTable, type Column } from '@/ui/DataTable';
import { Empty } from '@/ui/Messages';
import { Page, Section } from '@/ui/Page';
import { RowMenu } from '@/ui/RowMenu';
import { useMay } from '../session/may';
import { deletePlan, planLimits, usePlans } from './api';
import { EditPlanDialog, NewPlanDialog } from './PlanDialogs';

const columns: readonly Column<Plan>[] = [
  {
    head: 'Plan',
    wide: true,
    cell: (plan) => (
      <>
        <Text fw={600}>{plan.id}</Text>
        <Text size="sm" c="dimmed" hiddenFrom="sm">
          {planLimits(plan)}
        </Text>
      </>
    ),
  },
  { head: 'CPU', from: 'sm', right: true, cell: (plan) => cpuCores(plan.cpu) },
  { head: 'Memory', from: 'sm', right: true, cell: (plan) => formatQuantity(plan.memory) },
  { head: 'Storage', from: 'sm', right: true, cell: (plan) => formatQuantity(plan.storage) },
  { head: 'Volumes', from: 'md', right: true, cell: (plan) => plan.volumes },
  { head: 'Sites', from: 'md', right: true, cell: (plan) => plan.sites },
  { head: 'Domains', from: 'md', right: true, cell: (plan) => plan.domains },
  {
    head: 'Customers',
    right: true,
    cell: (plan) => (
      <Anchor component={Link} href={`/customers/?plan=${plan.id}`} aria-label={formatCount(plan.customers, 'customer') + ` with ${plan.id}`}>
        {plan.customers}
      </Anchor>
    ),
  },
];

type Dialog = { kind: 'new' } | { kind: 'edit' | 'delete'; plan: Plan };

function Dialogs({ dialog, onClose, onDone }: { dialog: Dialog; onClose: () => void; onDone: () => void }) {
  switch (dialog.kind) {
    case 'new':
      return <NewPlanDialog onClose={onClose} onDone={onDone} />;
    case 'edit':
      return <EditPlanDialog id={dialog.plan.id} onClose={onClose} onDone={onDone} />;
    case 'delete':
      return (
        <ConfirmDialog
          title={`Delete the plan: ${dialog.plan.id}`}
          action="Delete the plan"
          danger
          apply={() => deletePlan(dialog.plan.id)}
          onClose={onClose}
          onDone={onDone}
        >
          Nobody can choose it any more. A plan that a customer has cannot be deleted.
        </ConfirmDialog>
      );
  }
}

export function PlansPage() {
  const client = useQueryClient();
  const query = usePlans();
  const may = useMay();
  const [dialog, setDialog] = useState<Dialog>();
  const actions: Column<Plan> = {
    head: 'Actions',
    right: true,
    cell: (plan) => (
      <RowMenu
        of={plan.id}
        actions={[
          { text: 'Edit', Icon: IconPencil, act: () => setDialog({ kind: 'edit', plan }) },
          { text: 'Delete', Icon: IconTrash, danger: true, act: () => setDialog({ kind: 'delete', plan }) },
        ]}
      />
    ),
  };
  const create = may('createPlan') && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDialog({ kind: 'new' })}>
      New plan
    </Button>
  );
  return (
    <Page
      title="Plans"
      lead="The limits that a customer buys. CPU and memory are what is reserved; twice as much may be used when it is free."
      actions={create}
    >
      <Section title="All plans" flush>
        <PagedTable
          caption="Plans"
          columns={may('replacePlan') ? [...columns, actions] : columns}
          query={query}
          rowKey={(plan) => plan.id}
          empty={<Empty title="No plans">Customers need one.</Empty>}
        />
      </Section>
      {dialog && (
        <Dialogs
          dialog={dialog}
          onClose={() => setDialog(undefined)}
          onDone={() => {
            setDialog(undefined);
            void readAgain(client);
          }}
        />
      )}
    </Page>
  );
}
