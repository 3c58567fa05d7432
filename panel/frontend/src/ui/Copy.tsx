'use client';
import { ActionIcon, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';

/** Text that is used elsewhere, with a button that copies it. */
export function Copy({ text, what, shown = text }: { text: string; what: string; shown?: string }) {
  return (
    <span style={{ display: 'inline-flex', alignItems: 'center', gap: '0.35rem' }}>
      <code style={shown === text ? { overflowWrap: 'anywhere' } : { whiteSpace: 'nowrap' }}>{shown}</code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <ActionIcon size="sm" variant="subtle" color="gray" onClick={copy} aria-label={copied ? `Copied ${what}` : `Copy ${what}`}>
            {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          </ActionIcon>
        )}
      </CopyButton>
    </span>
  );
}
