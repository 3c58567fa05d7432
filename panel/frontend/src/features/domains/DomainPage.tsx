'use client';
import { Anchor, Button, List, Tabs, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { changesOf, operationOf, type Tagged } from '@/api/client';
import { asProblem } from '@/api/problem';
import type { Domain, Operation } from '@/api/types';
import { Badge } from '@/ui/Badge';
import { ChangeDialog } from '@/ui/ChangeDialog';
import { Copy } from '@/ui/Copy';
import { useSeen } from '@/ui/hooks';
import { LinkButton } from '@/ui/LinkButton';
import { Empty, Loaded } from '@/ui/Messages';
import { Facts, Page, Section } from '@/ui/Page';
import { useParam } from '@/ui/params';
import { Time } from '@/ui/Time';
import { Mail } from '../mail/Mail';
import { Followed } from '../operations/Followed';
import { Records } from '../records/Records';
import { useMay } from '../session/may';
import { deleteDomain, useDomain } from './api';
import { Challenge, ownershipText, Signing } from './Ownership';

const above = { href: '/domains/', text: 'Domains' };

function Delegation({ nameservers }: { nameservers: readonly string[] }) {
  if (nameservers.length === 0) return null;
  return (
    <Section title="Delegation">
      <Text mb="xs">Enter these name servers where the domain was registered; then the whole internet asks them.</Text>
      <List listStyleType="none" spacing={4}>
        {nameservers.map((name) => (
          <List.Item key={name}>
            <Copy text={name} what={name} />
          </List.Item>
        ))}
      </List>
    </Section>
  );
}

interface DeleteDialogProps {
  query: UseQueryResult<Tagged<Domain>>;
  domain: Tagged<Domain>;
  onClose: () => void;
  onAccepted: (operation: Operation) => void;
}

function DeleteDialog({ query, domain, onClose, onAccepted }: DeleteDialogProps) {
  const [seen, reread] = useSeen(query, domain);
  const { name } = seen.value;
  return (
    <ChangeDialog
      title={`Delete the domain: ${name}`}
      action="Delete the domain"
      danger
      typed={name}
      previewKey={['domain.delete', name, seen.etag]}
      preview={async () => changesOf(await deleteDomain(name, { dryRun: true, etag: seen.etag }))}
      apply={async () => operationOf(await deleteDomain(name, { etag: seen.etag }))}
      onReread={reread}
      onClose={onClose}
      onAccepted={onAccepted}
    >
      <Text>Its zone and all its records are removed from the name servers. A domain whose names lead to a site cannot be deleted.</Text>
    </ChangeDialog>
  );
}

function Missing({ name }: { name: string }) {
  return (
    <Page title="Domain" above={above}>
      <Followed />
      <Section title="Domain">
        <Empty
          title={name === '' ? 'No domain was named' : `There is no domain “${name}”`}
          action={<LinkButton href="/domains/" variant="default">To the domains</LinkButton>}
        >
          It may have been deleted, or the address is mistyped.
        </Empty>
      </Section>
    </Page>
  );
}

/** The zone, and mail: each is long, and who looks for one has no use for the other. */
function Parts({ domain, onAccepted }: { domain: Tagged<Domain>; onAccepted: (operation: Operation) => void }) {
  const [tab, choose] = useParam('tab');
  const { name, nameservers } = domain.value;
  return (
    <Tabs value={tab === 'mail' ? 'mail' : 'dns'} onChange={(next) => choose(next === 'mail' ? 'mail' : '')} keepMounted={false}>
      <Tabs.List aria-label={`Parts of ${name}`} mb="md">
        <Tabs.Tab value="dns">DNS</Tabs.Tab>
        <Tabs.Tab value="mail">Mail</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="dns">
        <Delegation nameservers={nameservers} />
        <Signing domain={domain} onAccepted={onAccepted} />
        <Records domain={name} onAccepted={onAccepted} />
      </Tabs.Panel>
      <Tabs.Panel value="mail">
        <Mail domain={domain} onAccepted={onAccepted} />
      </Tabs.Panel>
    </Tabs>
  );
}

export function DomainPage() {
  const [name] = useParam('id');
  const [, follow] = useParam('op');
  const [deleting, setDeleting] = useState(false);
  const query = useDomain(name);
  const may = useMay();
  if (name === '' || (query.isError && asProblem(query.error).status === 404)) return <Missing name={name} />;
  const domain = query.data?.value;
  return (
    <Page
      title={name}
      above={above}
      badge={domain && <Badge tone={domain.ready ? 'ok' : 'wait'}>{domain.ready ? 'answers' : 'not yet'}</Badge>}
      actions={
        domain &&
        may('deleteDomain') && (
          <Button variant="default" c="var(--bad)" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => setDeleting(true)}>
            Delete
          </Button>
        )
      }
    >
      <Followed />
      <Loaded query={query} what="the domain">
        {(tagged) => (
          <>
            <Section title="Facts">
              <Facts
                items={[
                  ['Customer', <Anchor key="c" component={Link} href={`/customer/?id=${tagged.value.customerId}`}>{tagged.value.customerId}</Anchor>],
                  ['Ownership', ownershipText(tagged.value)],
                  ['Name servers', tagged.value.ready ? 'answer for it' : 'do not answer for it yet'],
                  ['Made', <Time key="m" at={tagged.value.createdAt} />],
                ]}
              />
            </Section>
            <Challenge domain={tagged} onAccepted={(operation) => follow(operation.id)} />
            <Parts domain={tagged} onAccepted={(operation) => follow(operation.id)} />
            {deleting && (
              <DeleteDialog
                query={query}
                domain={tagged}
                onClose={() => setDeleting(false)}
                onAccepted={(operation) => {
                  setDeleting(false);
                  follow(operation.id);
                }}
              />
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}
