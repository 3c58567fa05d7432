'use client';
import { Anchor, Button, Menu, Text } from '@mantine/core';
import { IconDotsVertical, IconPencil, IconPlayerPause, IconPlayerPlay, IconPlus, IconRefresh, IconTrash, IconTrashX } from '@tabler/icons-react';
import Link from 'next/link';
import { useState } from 'react';
import type { Tagged } from '@/api/client';
import { asProblem } from '@/api/problem';
import type { Customer } from '@/api/types';
import { LinkButton } from '@/ui/LinkButton';
import { Empty, Loaded } from '@/ui/Messages';
import { Notice } from '@/ui/Notice';
import { Facts, Page, Section } from '@/ui/Page';
import { useParam } from '@/ui/params';
import { Time } from '@/ui/Time';
import { DomainTable } from '../domains/DomainTable';
import { NewDomainDialog } from '../domains/NewDomainDialog';
import { EventTable } from '../events/EventTable';
import { Conditions, conditionsSummary } from '../operations/Conditions';
import { Followed } from '../operations/Followed';
import { OperationTable } from '../operations/OperationTable';
import { planLimits, usePlan } from '../plans/api';
import { useMay } from '../session/may';
import { NewSiteDialog } from '../sites/NewSiteDialog';
import { SiteTable } from '../sites/SiteTable';
import { useConditions, useCustomer, type Deed } from './api';
import { DeedDialog } from './DeedDialog';
import { EditDialog } from './EditDialog';
import { CustomerBadge } from './state';

type Dialog = Deed | 'edit' | 'site' | 'domain';
type Open = (dialog: Dialog) => void;

const above = { href: '/customers/', text: 'Customers' };

function More({ customer, open }: { customer: Customer; open: Open }) {
  const may = useMay();
  const kept = customer.state === 'active' || customer.state === 'suspended';
  if (!may('reconcileCustomer')) return null;
  return (
    <Menu position="bottom-end" width={230} withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button variant="default" rightSection={<IconDotsVertical size={16} aria-hidden />}>
          More
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconRefresh size={16} aria-hidden />} onClick={() => open('reconcile')}>
          Look again
        </Menu.Item>
        {customer.state === 'active' && may('suspendCustomer') && (
          <Menu.Item leftSection={<IconPlayerPause size={16} aria-hidden />} onClick={() => open('suspend')}>
            Suspend
          </Menu.Item>
        )}
        {kept && may('deleteCustomer') && (
          <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} c="var(--bad)" onClick={() => open('trash')}>
            Move to the trash
          </Menu.Item>
        )}
        {may('deleteCustomer') && (
          <Menu.Item leftSection={<IconTrashX size={16} aria-hidden />} c="var(--bad)" onClick={() => open('erase')}>
            Erase now
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function Actions({ customer, open }: { customer: Customer; open: Open }) {
  const may = useMay();
  const kept = customer.state === 'active' || customer.state === 'suspended';
  if (customer.state === 'erasing') return null;
  return (
    <>
      {kept && may('updateCustomer') && (
        <Button variant="default" leftSection={<IconPencil size={16} aria-hidden />} onClick={() => open('edit')}>
          Edit
        </Button>
      )}
      {customer.state === 'suspended' && may('resumeCustomer') && (
        <Button leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={() => open('resume')}>
          Resume
        </Button>
      )}
      {customer.state === 'trashed' && may('restoreCustomer') && <Button onClick={() => open('restore')}>Restore</Button>}
      <More customer={customer} open={open} />
    </>
  );
}

function StateNotice({ customer }: { customer: Customer }) {
  switch (customer.state) {
    case 'active':
      return null;
    case 'suspended':
      return (
        <Notice tone="wait" title="Suspended">
          Visitors see a page that says so. {customer.suspendReason && `Reason: ${customer.suspendReason}`}
        </Notice>
      );
    case 'trashed':
      return (
        <Notice tone="bad" title="In the trash">
          Nothing is served. {customer.eraseAt && <>It is erased <Time at={customer.eraseAt} />, and can be restored until then.</>}
        </Notice>
      );
    case 'erasing':
      return (
        <Notice tone="bad" title="Being erased">
          It is taken away from every plane. After that the id is free again and inherits nothing.
        </Notice>
      );
  }
}

function CustomerFacts({ customer }: { customer: Customer }) {
  const plan = usePlan(customer.plan).data;
  const { sites, domains } = customer.counts;
  const current = customer.observedGeneration === customer.generation;
  return (
    <Section title="Facts">
      <Facts
        items={[
          ['Plan', <Anchor key="p" component={Link} href="/plans/">{customer.plan}</Anchor>],
          ['Limits', plan ? planLimits(plan) : '–'],
          ['Sites', plan?.sites === undefined ? sites : `${sites} of ${plan.sites}`],
          ['Domains', plan?.domains === undefined ? domains : `${domains} of ${plan.domains}`],
          ['Namespace', <code key="n">cust-{customer.id}</code>],
          ['Generation', current ? customer.generation : `${customer.generation}, seen ${customer.observedGeneration}`],
          ['Customer since', <Time key="c" at={customer.createdAt} />],
          ['Changed', <Time key="u" at={customer.updatedAt} />],
        ]}
      />
    </Section>
  );
}

function SeeAll({ href }: { href: string }) {
  return (
    <Anchor component={Link} href={href} size="sm">
      See all
    </Anchor>
  );
}

function Add({ what, onClick }: { what: string; onClick: () => void }) {
  return (
    <Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={onClick}>
      Add a {what}
    </Button>
  );
}

function CustomerSections({ customer, open }: { customer: Customer; open: Open }) {
  const conditions = useConditions(customer.id);
  const may = useMay();
  const kept = customer.state === 'active' || customer.state === 'suspended';
  const filter = { customer: customer.id };
  return (
    <>
      <CustomerFacts customer={customer} />
      <Section title="Sites" flush aside={kept && may('createSite') && <Add what="site" onClick={() => open('site')} />}>
        <SiteTable filter={filter} />
      </Section>
      <Section title="Domains" flush aside={kept && may('createDomain') && <Add what="domain" onClick={() => open('domain')} />}>
        <DomainTable filter={filter} />
      </Section>
      <Section
        title="Conditions"
        flush
        aside={
          <Text size="sm" c="dimmed">
            {conditions.data && conditionsSummary(conditions.data)}
          </Text>
        }
      >
        <Loaded query={conditions} what="the conditions">
          {(items) => <Conditions conditions={items} />}
        </Loaded>
      </Section>
      <Section title="Operations" flush aside={<SeeAll href={`/operations/?customer=${customer.id}`} />}>
        <OperationTable filter={{ ...filter, limit: 5 }} />
      </Section>
      <Section title="Events" flush aside={<SeeAll href={`/events/?customer=${customer.id}`} />}>
        <EventTable filter={{ ...filter, limit: 5 }} />
      </Section>
    </>
  );
}

interface DialogsProps {
  dialog: Dialog | undefined;
  query: ReturnType<typeof useCustomer>;
  customer: Tagged<Customer>;
  onClose: () => void;
  onAccepted: (operation: { id: string }) => void;
}

function Dialogs({ dialog, query, customer, ...done }: DialogsProps) {
  switch (dialog) {
    case undefined:
      return null;
    case 'edit':
      return <EditDialog query={query} customer={customer} {...done} />;
    case 'site':
      return <NewSiteDialog customer={customer.value.id} {...done} />;
    case 'domain':
      return <NewDomainDialog customer={customer.value.id} {...done} />;
    default:
      return <DeedDialog deed={dialog} query={query} customer={customer} {...done} />;
  }
}

/** What is left to say when it is not there: that it was erased, if that is what was just followed. */
function Missing({ id, followed }: { id: string; followed: boolean }) {
  return (
    <Page title={id === '' ? 'Customer' : id} above={above}>
      <Followed />
      <Section title="Customer">
        <Empty
          title={id === '' ? 'No customer was named' : followed ? 'This customer is gone' : `There is no customer “${id}”`}
          action={<LinkButton href="/customers/" variant="default">To the customers</LinkButton>}
        >
          {followed ? 'It was erased on every plane, and its id is free again.' : 'It may have been erased, or the address is mistyped.'}
        </Empty>
      </Section>
    </Page>
  );
}

export function CustomerPage() {
  const [id] = useParam('id');
  const [followed, follow] = useParam('op');
  const [dialog, setDialog] = useState<Dialog>();
  const query = useCustomer(id);
  if (id === '' || (query.isError && asProblem(query.error).status === 404)) return <Missing id={id} followed={followed !== ''} />;
  const customer = query.data?.value;
  return (
    <Page
      title={customer?.name ?? id}
      above={above}
      badge={customer && <CustomerBadge customer={customer} />}
      lead={<code>{id}</code>}
      actions={customer && <Actions customer={customer} open={setDialog} />}
    >
      {customer && <StateNotice customer={customer} />}
      <Followed />
      <Loaded query={query} what="the customer">
        {(tagged) => (
          <>
            <CustomerSections customer={tagged.value} open={setDialog} />
            <Dialogs
              dialog={dialog}
              query={query}
              customer={tagged}
              onClose={() => setDialog(undefined)}
              onAccepted={(operation) => {
                setDialog(undefined);
                follow(operation.id);
                void query.refetch();
              }}
            />
          </>
        )}
      </Loaded>
    </Page>
  );
}
