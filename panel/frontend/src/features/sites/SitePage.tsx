'use client';
import { Anchor, Button, List, Text } from '@mantine/core';
import { IconExternalLink, IconPencil, IconTrash } from '@tabler/icons-react';
import Link from 'next/link';
import { useState } from 'react';
import type { Tagged } from '@/api/client';
import { asProblem } from '@/api/problem';
import type { Site } from '@/api/types';
import { Badge } from '@/ui/Badge';
import { LinkButton } from '@/ui/LinkButton';
import { Empty, Loaded } from '@/ui/Messages';
import { Facts, Page, Section } from '@/ui/Page';
import { useParam } from '@/ui/params';
import { Time } from '@/ui/Time';
import { Conditions, conditionsSummary } from '../operations/Conditions';
import { Followed } from '../operations/Followed';
import { useMay } from '../session/may';
import { useSite } from './api';
import { DeleteSiteDialog, EditSiteDialog, RollbackDialog, type SiteDialogProps } from './dialogs';
import { Releases } from './Releases';
import { Certificate } from './Certificate';
import { Uploader } from './Uploader';

type Dialog = { kind: 'edit' | 'delete' } | { kind: 'rollback'; release: string };

const above = { href: '/sites/', text: 'Sites' };

function Missing({ id }: { id: string }) {
  return (
    <Page title="Site" above={above}>
      <Followed />
      <Section title="Site">
        <Empty
          title={id === '' ? 'No site was named' : `There is no site “${id}”`}
          action={<LinkButton href="/sites/" variant="default">To the sites</LinkButton>}
        >
          It may have been deleted, or the address is mistyped.
        </Empty>
      </Section>
    </Page>
  );
}

function Actions({ site, open }: { site: Site; open: (dialog: Dialog) => void }) {
  const may = useMay();
  return (
    <>
      <Button component="a" href={site.url} target="_blank" rel="noreferrer" variant="default" leftSection={<IconExternalLink size={16} aria-hidden />}>
        Open
      </Button>
      {may('updateSite') && (
        <Button variant="default" leftSection={<IconPencil size={16} aria-hidden />} onClick={() => open({ kind: 'edit' })}>
          Edit
        </Button>
      )}
      {may('deleteSite') && (
        <Button variant="default" c="var(--bad)" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => open({ kind: 'delete' })}>
          Delete
        </Button>
      )}
    </>
  );
}

function SiteFacts({ site }: { site: Site }) {
  return (
    <Section title="Facts">
      <Facts
        items={[
          ['Customer', <Anchor key="c" component={Link} href={`/customer/?id=${site.customerId}`}>{site.customerId}</Anchor>],
          [
            'Hostnames',
            <List key="h" listStyleType="none" size="sm">
              {site.hostnames.map((name) => (
                <List.Item key={name}>{name}</List.Item>
              ))}
            </List>,
          ],
          ['Certificate', <Certificate key="t" conditions={site.conditions ?? []} />],
          ['Replicas', site.replicas],
          ['Runtime', site.runtime],
          ['Release', site.release === undefined ? 'none yet' : <code key="r">{site.release}</code>],
          ['Site', <code key="i">{site.id}</code>],
          ['Made', <Time key="m" at={site.createdAt} />],
        ]}
      />
    </Section>
  );
}

function Dialogs({ dialog, ...props }: SiteDialogProps & { dialog: Dialog | undefined }) {
  switch (dialog?.kind) {
    case undefined:
      return null;
    case 'edit':
      return <EditSiteDialog {...props} />;
    case 'delete':
      return <DeleteSiteDialog {...props} />;
    case 'rollback':
      return <RollbackDialog {...props} release={dialog.release} />;
  }
}

interface SiteSectionsProps {
  site: Tagged<Site>;
  open: (dialog: Dialog) => void;
  follow: (operation: { id: string }) => void;
}

function SiteSections({ site: { value: site }, open, follow }: SiteSectionsProps) {
  const conditions = site.conditions ?? [];
  const may = useMay();
  return (
    <>
      <SiteFacts site={site} />
      <Section title="Releases" flush>
        {may('createRelease') && (
          <div style={{ padding: '1rem 1rem 0.25rem' }}>
            <Uploader site={site.id} onAccepted={follow} />
          </div>
        )}
        <Releases site={site.id} onServe={may('rollbackSite') ? (release) => open({ kind: 'rollback', release }) : undefined} />
      </Section>
      <Section
        title="Conditions"
        flush
        aside={
          <Text size="sm" c="dimmed">
            {conditionsSummary(conditions)}
          </Text>
        }
      >
        <Conditions conditions={conditions} />
      </Section>
    </>
  );
}

export function SitePage() {
  const [id] = useParam('id');
  const [, follow] = useParam('op');
  const [dialog, setDialog] = useState<Dialog>();
  const query = useSite(id);
  if (id === '' || (query.isError && asProblem(query.error).status === 404)) return <Missing id={id} />;
  const site = query.data?.value;
  const accepted = (operation: { id: string }) => {
    setDialog(undefined);
    follow(operation.id);
    void query.refetch();
  };
  return (
    <Page
      title={site?.hostnames[0] ?? id}
      above={above}
      badge={site && <Badge tone={site.ready ? 'ok' : 'wait'}>{site.ready ? 'ready' : 'not ready'}</Badge>}
      lead={site && <Anchor href={site.url} target="_blank" rel="noreferrer">{site.url}</Anchor>}
      actions={site && <Actions site={site} open={setDialog} />}
    >
      <Followed />
      <Loaded query={query} what="the site">
        {(tagged) => (
          <>
            <SiteSections site={tagged} open={setDialog} follow={accepted} />
            <Dialogs dialog={dialog} query={query} site={tagged} onClose={() => setDialog(undefined)} onAccepted={accepted} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
