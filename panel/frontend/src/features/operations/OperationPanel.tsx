'use client';
import { Anchor, Group, Progress, Stack, Text, VisuallyHidden } from '@mantine/core';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { Operation } from '@/api/types';
import { formatDuration } from '@/lib/format';
import { Badge } from '@/ui/Badge';
import { Loading, ProblemNote } from '@/ui/Messages';
import { useOperation, type Connection } from './api';
import classes from './OperationPanel.module.css';
import { Steps } from './Steps';
import { doneCount, kindWords, progressSentence, stateTone, stepStates } from './stream';

interface OperationPanelProps {
  id: string;
  /** On the operation's own page the link to it is left out. */
  own?: boolean;
  /** What to offer when it is done. */
  onDone?: (operation: Operation) => ReactNode;
  aside?: ReactNode;
}

const connections: { [connection in Connection]: string } = {
  connecting: 'Connecting…',
  live: 'Live',
  polling: 'Updated every 2 seconds',
  ended: '',
};

/** One operation, live until its end. */
export function OperationPanel({ id, own = false, onDone, aside }: OperationPanelProps) {
  const { query, connection } = useOperation(id);
  if (query.data === undefined) {
    return query.isError ? <ProblemNote error={query.error} onRetry={() => void query.refetch()} /> : <Loading what="the operation" />;
  }
  const operation = query.data;
  const total = operation.steps.length;
  const done = doneCount(operation.steps);
  return (
    <section className={classes.panel} aria-label={`Operation ${operation.id}`}>
      <div className={classes.head}>
        <Stack gap={2}>
          <Group gap="sm">
            <Text component="h2" fw={620} fz="1.0625rem" m={0}>
              {kindWords(operation.kind)}
            </Text>
            <Badge tone={stateTone(operation.state)}>{operation.state}</Badge>
          </Group>
          <Text size="sm" c="dimmed">
            {operation.subject}
            {operation.finishedAt && ` · took ${formatDuration(operation.createdAt, operation.finishedAt)}`}
            {connections[connection] !== '' && ` · ${connections[connection]}`}
          </Text>
        </Stack>
        <Group gap="sm">
          {!own && (
            <Anchor component={Link} href={`/operation/?id=${operation.id}`} size="sm">
              Open operation
            </Anchor>
          )}
          {aside}
        </Group>
      </div>
      <VisuallyHidden aria-live="polite">{progressSentence(operation)}</VisuallyHidden>
      {total > 0 && (
        <Progress
          value={(done / total) * 100}
          size={4}
          radius={0}
          color={operation.state === 'failed' ? 'red.8' : 'harbour'}
          aria-label={`${done} of ${total} steps done`}
        />
      )}
      {operation.message && (
        <Text size="sm" className={classes.message ?? ''} data-state={operation.state}>
          {operation.message}
        </Text>
      )}
      {total > 0 && <Steps steps={operation.steps} states={stepStates(operation)} label="Steps" />}
      {operation.state === 'done' && onDone && <div className={classes.foot}>{onDone(operation)}</div>}
    </section>
  );
}
