'use client';
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { asProblem } from '@/api/problem';
import { useRequestKey } from './hooks';
import { ProblemNote } from './Messages';

interface ConfirmDialogProps<Answer> {
  title: string;
  /** What it means. */
  children: ReactNode;
  /** What the confirming button says: the verb and its object. */
  action: string;
  danger?: boolean;
  apply: (key: string) => Promise<Answer>;
  /** Reads again what the change is based on: offered when somebody else was faster. */
  onReread?: () => Promise<void>;
  onClose: () => void;
  onDone: (answer: Answer) => void;
}

/** A question before something that touches no plane. What does is shown first: see ChangeDialog. */
export function ConfirmDialog<Answer>(props: ConfirmDialogProps<Answer>) {
  const { title, children, action, danger = false, onReread, onClose } = props;
  const request = useRequestKey();
  const apply = useMutation({
    gcTime: 0,
    mutationFn: () => props.apply(request.key()),
    onError: request.failed,
    onSuccess: props.onDone,
  });
  const stale = apply.isError && asProblem(apply.error).status === 412 && onReread !== undefined;
  const reread = async () => {
    await onReread?.();
    apply.reset();
  };
  return (
    <Modal opened onClose={onClose} title={title} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack gap="md">
        <Text component="div">{children}</Text>
        {apply.isError && <ProblemNote error={apply.error} onRetry={stale ? () => void reread() : undefined} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button loading={apply.isPending} onClick={() => apply.mutate()} {...(danger && { color: 'red.9' })}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
