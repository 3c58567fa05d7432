'use client';
import { Button, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { changesOf, operationOf } from '@/api/client';
import type { DkimKey, Operation } from '@/api/types';
import { Badge } from '@/ui/Badge';
import { ChangeDialog } from '@/ui/ChangeDialog';
import { PagedTable, type Column } from '@/ui/DataTable';
import { Empty } from '@/ui/Messages';
import { Section } from '@/ui/Page';
import { Time } from '@/ui/Time';
import { useMay } from '../session/may';
import { rotateDkimKeys, useDkimKeys } from './api';

const states = {
  published: { tone: 'wait', word: 'published', title: 'It signs when it has been in the zone long enough' },
  signing: { tone: 'ok', word: 'signs', title: 'Outgoing mail is signed with it' },
  retired: { tone: 'idle', word: 'retired', title: 'It signs no more, and stays until no mail that it signed is on its way' },
} as const;

const algorithms = { rsa: 'RSA', ed25519: 'Ed25519' } as const;

function State({ state }: DkimKey) {
  const { tone, word, title } = states[state];
  return (
    <span title={title}>
      <Badge tone={tone}>{word}</Badge>
    </span>
  );
}

/** Since when it is in its state. */
const sinceOf = ({ state, createdAt, publishedAt, signingAt, retiredAt }: DkimKey): string =>
  ({ published: publishedAt, signing: signingAt, retired: retiredAt })[state] ?? createdAt;

const columns: readonly Column<DkimKey>[] = [
  {
    head: 'Selector',
    wide: true,
    cell: ({ selector, algorithm }) => (
      <>
        <Text fw={600}>{selector}</Text>
        <Text size="sm" c="dimmed">
          {algorithms[algorithm]}
        </Text>
      </>
    ),
  },
  { head: 'State', cell: (key) => <State {...key} /> },
  { head: 'Since', from: 'sm', right: true, cell: (key) => <Time at={sinceOf(key)} /> },
];

interface DkimKeysProps {
  domain: string;
  /** A change was accepted and can be followed. */
  onAccepted: (operation: Operation) => void;
}

/** The keys that sign a domain's outgoing mail, which take turns by themselves. Their records are among those of mail. */
export function DkimKeys({ domain, onAccepted }: DkimKeysProps) {
  const query = useDkimKeys(domain);
  const may = useMay();
  const [rotating, setRotating] = useState(false);
  const rotate = may('rotateDkimKeys') && (
    <Button size="xs" variant="default" leftSection={<IconRefresh size={14} aria-hidden />} onClick={() => setRotating(true)}>
      Rotate now
    </Button>
  );
  return (
    <Section title="Signing keys (DKIM)" flush aside={rotate}>
      <PagedTable
        caption="Signing keys"
        columns={columns}
        query={query}
        rowKey={({ selector }) => selector}
        empty={<Empty title="No keys yet">They are made by themselves once the domain’s mail is on, and renewed on schedule.</Empty>}
      />
      {rotating && (
        <ChangeDialog
          title={`Rotate the signing keys: ${domain}`}
          action="Make new keys"
          previewKey={['dkim.rotate', domain]}
          preview={async () => changesOf(await rotateDkimKeys(domain, { dryRun: true }))}
          apply={async (key) => operationOf(await rotateDkimKeys(domain, { key }))}
          onClose={() => setRotating(false)}
          onAccepted={onAccepted}
        >
          <Text>
            New keys are made and published. The present ones sign until the new ones have been in the zone long enough, so no message is without a
            good signature. It happens on schedule too: this is for a key that somebody may have seen.
          </Text>
        </ChangeDialog>
      )}
    </Section>
  );
}
