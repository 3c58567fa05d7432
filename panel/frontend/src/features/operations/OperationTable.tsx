'use client';
import { Anchor, Text } from '@mantine/core';
import Link from 'next/link';
import type { Operation } from '@/api/types';
import { Badge } from '@/ui/Badge';
import { PagedTable, type Column } from '@/ui/DataTable';
import { Empty } from '@/ui/Messages';
import { Time } from '@/ui/Time';
import { useOperations, type OperationFilter } from './api';
import { kindWords, stateTone } from './stream';

const columns: readonly Column<Operation>[] = [
  {
    head: 'Operation',
    wide: true,
    cell: (operation) => (
      <>
        <Anchor component={Link} href={`/operation/?id=${operation.id}`} fw={600}>
          {kindWords(operation.kind)}
        </Anchor>
        <Text size="sm" c="dimmed">
          {operation.subject}
        </Text>
      </>
    ),
  },
  { head: 'State', cell: (operation) => <Badge tone={stateTone(operation.state)}>{operation.state}</Badge> },
  { head: 'Message', from: 'md', cell: (operation) => operation.message ?? '' },
  { head: 'By', from: 'lg', cell: (operation) => operation.actor },
  { head: 'Accepted', from: 'sm', right: true, cell: (operation) => <Time at={operation.createdAt} /> },
];

export function OperationTable({ filter, empty }: { filter: OperationFilter; empty?: string }) {
  const query = useOperations(filter);
  return (
    <PagedTable
      caption="Operations"
      columns={columns}
      query={query}
      rowKey={(operation) => operation.id}
      empty={<Empty title={empty ?? 'No operations'}>Every accepted change is listed here, with its steps.</Empty>}
    />
  );
}
