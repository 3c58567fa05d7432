'use client';
import { Button, FileButton, Group, Modal, NativeSelect, Text, Textarea } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import { IconFileText } from '@tabler/icons-react';
import { useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { changesOf, operationOf } from '@/api/client';
import type { Change, Import, Operation } from '@/api/types';
import { ReviewForm } from '@/ui/ReviewForm';
import { importZone, type ImportMode } from './api';
import { ImportSummary } from './ImportSummary';
import { importSchema, zoneBytes } from './schema';

interface ImportDialogProps {
  domain: string;
  onClose: () => void;
  onAccepted: (operation: Operation) => void;
}

const modes = [
  { value: 'merge', label: 'stay as they are' },
  { value: 'replace', label: 'are deleted' },
] as const;

/** A zone file, chosen or pasted. What it would do is shown first. */
export function ImportDialog({ domain, onClose, onAccepted }: ImportDialogProps) {
  const [planned, setPlanned] = useState<Import>();
  const form = useForm({ resolver: zodResolver(importSchema), defaultValues: { zone: '', mode: 'merge' as ImportMode } });
  const { errors } = form.formState;
  const mode = useWatch({ control: form.control, name: 'mode' });
  const read = async (file: File | null) => {
    if (!file) return;
    if (file.size > zoneBytes) form.setError('zone', { message: `${file.name} has more than 1 MiB` });
    else form.setValue('zone', await file.text(), { shouldValidate: true });
  };
  const preview = async (values: { zone: string; mode: ImportMode }): Promise<Change[]> => {
    const answer = await importZone(domain, values.zone, values.mode, { dryRun: true });
    setPlanned(answer.import);
    return changesOf(answer);
  };
  return (
    <Modal opened onClose={onClose} title={`Import a zone file into ${domain}`} size="xl" closeButtonProps={{ 'aria-label': 'Close' }}>
      <ReviewForm
        form={form}
        fields={['zone', 'mode']}
        action="Import the records"
        preview={preview}
        apply={async (values, key) => operationOf(await importZone(domain, values.zone, values.mode, { key }))}
        summary={planned && <ImportSummary planned={planned} zone={domain} />}
        onCancel={onClose}
        onAccepted={onAccepted}
      >
        <Text>What Berth keeps itself, such as SOA and NS, is left out. A file with a fault changes nothing.</Text>
        <Group>
          <FileButton onChange={(file) => void read(file)} accept=".zone,.txt,.db,text/plain,text/dns" inputProps={{ 'aria-label': 'Zone file to read' }}>
            {(props) => (
              <Button {...props} variant="default" leftSection={<IconFileText size={16} aria-hidden />}>
                Choose a file
              </Button>
            )}
          </FileButton>
        </Group>
        <Textarea
          label="Zone file"
          description="Or paste its text here (RFC 1035)."
          placeholder={'$TTL 300\nwww  IN  A  192.0.2.10'}
          rows={10}
          spellCheck={false}
          autoCapitalize="none"
          ff="monospace"
          {...form.register('zone')}
          error={errors.zone?.message}
        />
        <NativeSelect
          label="Records of yours that are not in the file"
          data={modes.map((one) => ({ ...one }))}
          {...form.register('mode')}
          error={errors.mode?.message}
        />
        {mode === 'replace' && <Text size="sm">Only records that you asked for are deleted; what Berth keeps and what was written by hand stays.</Text>}
      </ReviewForm>
    </Modal>
  );
}
