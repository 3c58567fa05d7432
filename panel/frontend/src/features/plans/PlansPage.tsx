'use client';
import { Anchor, Text } from '@mantine/core';
import Link from 'next/link';
import type { Plan } from '@/api/types';
import { cpuCores, formatCount, formatQuantity } from '@/lib/format';
import { PagedTable, type Column } from '@/ui/DataTable';
import { Empty } from '@/ui/Messages';
import { Page, Section } from '@/ui/Page';
import { planLimits, usePlans } from './api';

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

export function PlansPage() {
  const query = usePlans();
  return (
    <Page title="Plans" lead="The limits that a customer buys. CPU and memory are what is reserved; twice as much may be used when it is free.">
      <Section title="All plans" flush>
        <PagedTable
          caption="Plans"
          columns={columns}
          query={query}
          rowKey={(plan) => plan.id}
          empty={<Empty title="No plans">A plan is made with the API or the command line; customers need one.</Empty>}
        />
      </Section>
    </Page>
  );
}
