'use client';
import { Button, List, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import type { Record } from '@/api/types';
import { PagedTable, type Column } from '@/ui/DataTable';
import { Empty } from '@/ui/Messages';
import { Section } from '@/ui/Page';
import { useRecords } from './api';

/** Below its zone a name is as people write it in zone files: "@" for the domain itself, "www" and the like. */
export function shortName(name: string, zone: string): string {
  if (name === zone) return '@';
  return name.endsWith(`.${zone}`) ? name.slice(0, -zone.length - 1) : name;
}

const columns = (zone: string): readonly Column<Record>[] => [
  {
    head: 'Name',
    cell: (record) => (
      <>
        <Text fw={600} title={record.name}>
          {shortName(record.name, zone)}
        </Text>
        {!record.owned && (
          <Text size="sm" c="dimmed">
            added by hand
          </Text>
        )}
      </>
    ),
  },
  { head: 'Type', cell: (record) => record.type },
  {
    head: 'Values',
    wide: true,
    cell: (record) => (
      <List listStyleType="none" size="sm">
        {record.values.map((value) => (
          <List.Item key={value}>
            <code>{value}</code>
          </List.Item>
        ))}
      </List>
    ),
  },
  { head: 'TTL', from: 'sm', right: true, cell: (record) => `${record.ttl} s` },
];

/** The zone as the name server has it now. */
export function Records({ domain }: { domain: string }) {
  const query = useRecords(domain);
  return (
    <Section
      title="Records"
      flush
      aside={
        <Button
          size="xs"
          variant="default"
          leftSection={<IconRefresh size={14} aria-hidden />}
          loading={query.isFetching && !query.isPending}
          onClick={() => void query.refetch()}
        >
          Read again
        </Button>
      }
    >
      <PagedTable
        caption="Records"
        columns={columns(domain)}
        query={query}
        rowKey={(record) => `${record.name} ${record.type}`}
        empty={<Empty title="No records">The zone is not there yet.</Empty>}
      />
    </Section>
  );
}
