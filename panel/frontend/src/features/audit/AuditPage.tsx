'use client';
import { Anchor, Button, Group, Text } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import Link from 'next/link';
import type { AuditRow } from '@/api/types';
import { CustomerFilter } from '@/ui/CustomerFilter';
import { PagedTable, type Column } from '@/ui/DataTable';
import { Empty, ProblemNote } from '@/ui/Messages';
import { Page, Section } from '@/ui/Page';
import { useParam } from '@/ui/params';
import { TextFilter } from '@/ui/TextFilter';
import { Time } from '@/ui/Time';
import { useMay } from '../session/may';
import { useAudit, useVerify } from './api';
import { Verdict } from './Verdict';

const columns: readonly Column<AuditRow>[] = [
  {
    head: 'Change',
    wide: true,
    cell: (row) => (
      <>
        <Text fw={600}>{row.action}</Text>
        <Text size="sm" c="dimmed">
          <code>{row.subject}</code>
          <Text span inherit hiddenFrom="sm">
            {' '}
            by {row.actor}
          </Text>
        </Text>
      </>
    ),
  },
  { head: 'By', from: 'sm', cell: (row) => row.actor },
  {
    head: 'Customer',
    from: 'md',
    cell: (row) =>
      row.customerId !== undefined && (
        <Anchor component={Link} href={`/customer/?id=${row.customerId}`}>
          {row.customerId}
        </Anchor>
      ),
  },
  { head: 'Request', from: 'lg', cell: (row) => <code>{row.requestId}</code> },
  { head: 'Row', from: 'lg', right: true, cell: (row) => <span title={row.hash}>{row.seq}</span> },
  { head: 'When', right: true, cell: (row) => <Time at={row.at} /> },
];

function useFilter() {
  const [customer, setCustomer] = useParam('customer');
  const [actor, setActor] = useParam('actor');
  const [action, setAction] = useParam('action');
  const [subject, setSubject] = useParam('subject');
  const fields = (
    <Group gap="xs">
      <CustomerFilter value={customer} onChange={setCustomer} />
      <TextFilter label="By whom" value={actor} onChange={setActor} maxLength={254} />
      <TextFilter label="What was done" value={action} onChange={setAction} maxLength={64} />
      <TextFilter label="To what" value={subject} onChange={setSubject} maxLength={253} />
    </Group>
  );
  return { filter: { customer, actor, action, subject }, fields };
}

/** Who changed what. Admins can have the chain of its hashes verified. */
export function AuditPage() {
  const { filter, fields } = useFilter();
  const query = useAudit(filter);
  const verify = useVerify();
  const may = useMay();
  const filtered = Object.values(filter).some((value) => value !== '');
  const button = may('verifyAudit') && (
    <Button variant="default" leftSection={<IconShieldCheck size={16} aria-hidden />} loading={verify.isPending} onClick={() => verify.mutate()}>
      Verify
    </Button>
  );
  return (
    <Page title="Audit log" lead="Every accepted change, newest first; each row holds the hash of all before it." actions={button}>
      {verify.isError && <ProblemNote error={verify.error} onRetry={() => verify.mutate()} />}
      {verify.data && <Verdict verdict={verify.data} />}
      <Section title="All rows" flush aside={fields}>
        <PagedTable
          caption="Audit log"
          columns={columns}
          query={query}
          rowKey={(row) => String(row.seq)}
          empty={<Empty title={filtered ? 'No such rows' : 'No rows yet'}>Filters are whole words, such as customer.create.</Empty>}
        />
      </Section>
    </Page>
  );
}
