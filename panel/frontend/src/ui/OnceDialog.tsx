'use client';
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Copy } from './Copy';
import { Notice } from './Notice';
import classes from './OnceDialog.module.css';

interface OnceDialogProps {
  title: string;
  /** What the secret is, for the copy button's name: "the link". */
  what: string;
  /** Undefined: the server does not say it a second time. */
  secret: string | undefined;
  children: ReactNode;
  onClose: () => void;
}

/**
 * A secret that is shown once. Neither Escape nor a click beside closes it by mistake; when it is closed, nothing of the
 * page has the secret any more.
 */
export function OnceDialog({ title, what, secret, children, onClose }: OnceDialogProps) {
  return (
    <Modal opened onClose={onClose} title={title} size="lg" withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false}>
      <Stack gap="md">
        <Text component="div">{children}</Text>
        {secret === undefined ? (
          <Notice tone="wait" title="It was shown before">
            The first answer was lost on its way. Make {what} anew.
          </Notice>
        ) : (
          <div className={classes.secret}>
            <Copy text={secret} what={what} />
          </div>
        )}
        <Text size="sm" c="dimmed">
          It is shown only now. Keep it where nobody else can read it.
        </Text>
        <Group justify="flex-end">
          <Button onClick={onClose}>Done</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
