'use client';
import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { exportZone } from './api';

/** Hands a text to the browser as a file. */
function save(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/dns' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

/** The zone as a zone file. What fails is told to `onError`, for a button has no room for it. */
export function ExportButton({ domain, onError }: { domain: string; onError: (error: unknown) => void }) {
  const file = useMutation({
    gcTime: 0,
    mutationFn: () => exportZone(domain),
    onMutate: () => onError(undefined),
    onSuccess: (text) => save(`${domain}.zone`, text),
    onError,
  });
  return (
    <Button size="xs" variant="default" leftSection={<IconDownload size={14} aria-hidden />} loading={file.isPending} onClick={() => file.mutate()}>
      Export
    </Button>
  );
}
