'use client';
import { Anchor } from '@mantine/core';
import Link from 'next/link';
import type { Domain } from '@/api/types';
import { Badge } from '@/ui/Badge';
import { PagedTable, type Column } from '@/ui/DataTable';
import { Empty } from '@/ui/Messages';
import { Time } from '@/ui/Time';
import { useDomains, type DomainFilter } from './api';

const domain: Column<Domain> = {
  head: 'Domain',
  wide: true,
  cell: (row) => (
    <Anchor component={Link} href={`/domain/?id=${row.name}`} fw={600}>
      {row.name}
    </Anchor>
  ),
};

const customer: Column<Domain> = {
  head: 'Customer',
  from: 'sm',
  cell: (row) => (
    <Anchor component={Link} href={`/customer/?id=${row.customerId}`}>
      {row.customerId}
    </Anchor>
  ),
};

const rest: readonly Column<Domain>[] = [
  { head: 'State', cell: (row) => <Badge tone={row.ready ? 'ok' : 'wait'}>{row.ready ? 'answers' : 'not yet'}</Badge> },
  { head: 'Made', from: 'sm', right: true, cell: (row) => <Time at={row.createdAt} /> },
];

export function DomainTable({ filter, empty }: { filter: DomainFilter; empty?: string }) {
  const query = useDomains(filter);
  return (
    <PagedTable
      caption="Domains"
      columns={filter.customer ? [domain, ...rest] : [domain, customer, ...rest]}
      query={query}
      rowKey={(row) => row.name}
      empty={<Empty title={empty ?? 'No domains yet'}>A domain is a DNS zone that the name servers here answer for.</Empty>}
    />
  );
}
