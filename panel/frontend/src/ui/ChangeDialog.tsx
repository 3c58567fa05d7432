'use client';
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState, type ReactNode, type SyntheticEvent } from 'react';
import { asProblem } from '@/api/problem';
import type { Change, Operation } from '@/api/types';
import { ChangeList } from './ChangeList';
import { useRequestKey } from './hooks';
import { Loading, ProblemNote } from './Messages';

interface ChangeDialogProps {
  title: string;
  children?: ReactNode;
  /** What the confirming button says: the verb and its object. */
  action: string;
  danger?: boolean;
  /** Must be typed before the button works: for what is hard to undo. */
  typed?: string;
  /** False while the dialog's own fields are not complete. */
  ready?: boolean;
  /** Tells previews apart; a new one is asked for when it changes. */
  previewKey: readonly unknown[];
  preview: () => Promise<Change[]>;
  apply: (key: string) => Promise<Operation>;
  /** Reads again what the change is based on: offered when somebody else was faster. */
  onReread?: () => Promise<void>;
  onClose: () => void;
  onAccepted: (operation: Operation) => void;
}

/** Every change is shown before it is made: the dialog asks for a dry run and lists its answer. */
export function ChangeDialog(props: ChangeDialogProps) {
  const { title, children, action, danger = false, typed, ready = true, onClose, onAccepted } = props;
  const [word, setWord] = useState('');
  const formId = useId();
  const preview = useQuery({
    queryKey: ['preview', ...props.previewKey],
    queryFn: props.preview,
    enabled: ready,
    staleTime: 0,
    gcTime: 0,
  });
  const request = useRequestKey();
  const apply = useMutation({
    mutationFn: () => props.apply(request.key()),
    onError: request.failed,
    onSuccess: (operation) => {
      onAccepted(operation);
      onClose();
    },
  });
  const allowed = ready && preview.isSuccess && (typed === undefined || word.trim() === typed);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (allowed && !apply.isPending) apply.mutate();
  };
  // The parent's new version comes with a new preview key, so the preview follows by itself.
  const reread = async () => {
    await props.onReread?.();
    apply.reset();
  };
  const retryPreview = asProblem(preview.error).status === 412 && props.onReread ? reread : () => preview.refetch();
  return (
    <Modal opened onClose={onClose} title={title} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form id={formId} onSubmit={submit} noValidate>
        <Stack gap="md">
          {children}
          {ready && (
            <Stack gap={6}>
              <Text size="sm" fw={600}>
                What will change
              </Text>
              {preview.isError ? (
                <ProblemNote error={preview.error} onRetry={() => void retryPreview()} />
              ) : preview.data === undefined ? (
                <Loading what="the changes" />
              ) : (
                <div tabIndex={0} role="region" aria-label="What will change" style={{ maxHeight: '40vh', overflow: 'auto' }}>
                  <ChangeList changes={preview.data} />
                </div>
              )}
            </Stack>
          )}
          {typed !== undefined && (
            <TextInput
              label={
                <>
                  Type <code>{typed}</code> to confirm
                </>
              }
              value={word}
              onChange={(event) => setWord(event.currentTarget.value)}
              autoComplete="off"
              spellCheck={false}
              autoCapitalize="none"
            />
          )}
          {apply.isError && (
            <ProblemNote
              error={apply.error}
              onRetry={asProblem(apply.error).status === 412 && props.onReread ? () => void reread() : undefined}
            />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!allowed} loading={apply.isPending} {...(danger && { color: 'red.9' })}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
