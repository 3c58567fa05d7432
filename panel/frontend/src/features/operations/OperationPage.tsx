'use client';
import { Anchor } from '@mantine/core';
import Link from 'next/link';
import { Empty } from '@/ui/Messages';
import { Facts, Page, Section } from '@/ui/Page';
import { useParam } from '@/ui/params';
import { Time } from '@/ui/Time';
import { useOperation } from './api';
import { OperationPanel } from './OperationPanel';
import { kindWords } from './stream';

function OperationFacts({ id }: { id: string }) {
  const { query } = useOperation(id);
  if (!query.data) return null;
  const operation = query.data;
  return (
    <>
      <Section title="Facts">
        <Facts
          items={[
            ['Customer', operation.customerId ? <Anchor key="c" component={Link} href={`/customer/?id=${operation.customerId}`}>{operation.customerId}</Anchor> : 'several'],
            ['Accepted', <Time key="a" at={operation.createdAt} />],
            ['By', operation.actor],
            ['Request', <code key="r">{operation.requestId}</code>],
            ['Operation', <code key="o">{operation.id}</code>],
            operation.finishedAt === undefined ? undefined : ['Finished', <Time key="f" at={operation.finishedAt} />],
          ]}
        />
      </Section>
      {operation.result && Object.keys(operation.result).length > 0 && (
        <Section title="Result">
          <pre style={{ margin: 0, overflowX: 'auto' }} tabIndex={0} role="region" aria-label="Result">
            {JSON.stringify(operation.result, null, 2)}
          </pre>
        </Section>
      )}
    </>
  );
}

export function OperationPage() {
  const [id] = useParam('id');
  const above = { href: '/operations/', text: 'Operations' };
  if (id === '') {
    return (
      <Page title="Operation" above={above}>
        <Empty title="No operation was named" />
      </Page>
    );
  }
  return (
    <Page title={<OperationTitle id={id} />} above={above}>
      <OperationPanel id={id} own />
      <OperationFacts id={id} />
    </Page>
  );
}

function OperationTitle({ id }: { id: string }) {
  const { query } = useOperation(id);
  return query.data ? `${kindWords(query.data.kind)}: ${query.data.subject}` : 'Operation';
}
