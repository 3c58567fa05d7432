/** What a page says when there is nothing, not yet, or not at all. */
import { Alert, Button, Group, List, Skeleton, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { adviceOf, asProblem, fieldOf } from '@/api/problem';
import type { FieldError, Problem } from '@/api/types';

interface ProblemNoteProps {
  error: unknown;
  /** Field errors that the form shows itself are left out by giving those that remain. */
  fields?: FieldError[];
  onRetry?: (() => void) | undefined;
}

/** An error in the server's own words, with the id that finds it in the server's log. */
export function ProblemNote({ error, fields, onRetry }: ProblemNoteProps) {
  const problem: Problem = asProblem(error);
  const listed = fields ?? problem.errors ?? [];
  const advice = adviceOf(problem);
  return (
    <Alert role="alert" color="red" variant="outline" icon={<IconAlertTriangle aria-hidden />} title={problem.title} bg="var(--surface)">
      <Stack gap="xs" align="flex-start">
        {problem.detail && <Text size="sm">{problem.detail}</Text>}
        {advice && <Text size="sm">{advice}</Text>}
        {listed.length > 0 && (
          <List size="sm">
            {listed.map((entry) => (
              <List.Item key={`${entry.pointer} ${entry.message}`}>
                {entry.pointer !== '' && <strong>{fieldOf(entry.pointer)}: </strong>}
                {entry.message}
              </List.Item>
            ))}
          </List>
        )}
        {problem.requestId !== '' && (
          <Text size="sm" c="dimmed">
            Request <code>{problem.requestId}</code>
          </Text>
        )}
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {problem.status === 412 ? 'Read it again' : 'Try again'}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

interface EmptyProps {
  title: string;
  /** 1 when it is all that the page has. */
  level?: 1;
  action?: ReactNode;
  children?: ReactNode;
}

export function Empty({ title, level, children, action }: EmptyProps) {
  return (
    <Stack align="center" gap={4} py="xl" px="md" ta="center">
      {level === 1 ? <Title order={1}>{title}</Title> : <Text fw={600}>{title}</Text>}
      {children && (
        <Text c="dimmed" maw="34rem">
          {children}
        </Text>
      )}
      {action && <Group mt="sm">{action}</Group>}
    </Stack>
  );
}

export function Loading({ what, lines = 3 }: { what: string; lines?: number }) {
  return (
    <div role="status" aria-busy="true">
      <VisuallyHidden>Loading {what}</VisuallyHidden>
      <Stack gap="sm" p="md" aria-hidden="true">
        {Array.from({ length: lines }, (_, line) => (
          <Skeleton key={line} height={14} width={`${92 - (line % 3) * 17}%`} />
        ))}
      </Stack>
    </div>
  );
}

interface LoadedProps<T> {
  query: UseQueryResult<T>;
  what: string;
  children: (data: T) => ReactNode;
}

/** A query's three faces. What was loaded stays on the page when reading it again fails, with the error above it. */
export function Loaded<T>({ query, what, children }: LoadedProps<T>) {
  const note = query.isError && (
    <div style={{ padding: '1rem' }}>
      <ProblemNote error={query.error} onRetry={() => void query.refetch()} />
    </div>
  );
  // What is gone is not shown as if it were there.
  const gone = query.isError && asProblem(query.error).status === 404;
  if (query.data === undefined || gone) return note || <Loading what={what} />;
  return (
    <>
      {note}
      {children(query.data)}
    </>
  );
}
