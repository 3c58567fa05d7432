'use client';
import { Modal, Text } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import type { UseQueryResult } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { changesOf, operationOf, type Tagged } from '@/api/client';
import type { Operation, Record, RecordSet, RecordType } from '@/api/types';
import { fullName, shortName } from '@/lib/zone';
import { ChangeDialog } from '@/ui/ChangeDialog';
import { useSeen } from '@/ui/hooks';
import { Loaded } from '@/ui/Messages';
import { ReviewForm } from '@/ui/ReviewForm';
import { deleteRecord, mustBeNew, putRecord, useRecord, type Place } from './api';
import { RecordFields } from './RecordFields';
import { recordSchema } from './schema';

const fields = ['name', 'type', 'ttl', 'values'] as const;

interface Done {
  onClose: () => void;
  onAccepted: (operation: Operation) => void;
}

const close = { 'aria-label': 'Close' };

export function NewRecordDialog({ domain, onClose, onAccepted }: Done & { domain: string }) {
  const form = useForm({ resolver: zodResolver(recordSchema), defaultValues: { name: '', type: 'A' as RecordType, ttl: 300, values: '' } });
  const place = (values: { name: string; type: RecordType }): Place => ({ domain, name: fullName(values.name, domain), type: values.type });
  return (
    <Modal opened onClose={onClose} title={`New record of ${domain}`} size="lg" closeButtonProps={close}>
      <ReviewForm
        form={form}
        fields={fields}
        action="Write the record"
        preview={async ({ ttl, values, ...typed }) => {
          await mustBeNew(place(typed));
          return changesOf(await putRecord(place(typed), { ttl, values }, { dryRun: true }));
        }}
        apply={async ({ ttl, values, ...typed }) => operationOf(await putRecord(place(typed), { ttl, values }, {}))}
        onCancel={onClose}
        onAccepted={onAccepted}
      >
        <RecordFields form={form} zone={domain} />
      </ReviewForm>
    </Modal>
  );
}

interface EditProps extends Done {
  place: Place;
  set: RecordSet;
  /** Of what is there; what was written by hand has none. */
  etag: string | undefined;
  onReread?: () => Promise<void>;
}

function EditForm({ place, set, etag, onReread, onClose, onAccepted }: EditProps) {
  const form = useForm({
    resolver: zodResolver(recordSchema),
    defaultValues: { name: place.name, type: place.type, ttl: set.ttl, values: set.values.join('\n') },
  });
  return (
    <ReviewForm
      form={form}
      fields={fields}
      action="Change the record"
      preview={async ({ ttl, values }) => changesOf(await putRecord(place, { ttl, values }, { dryRun: true, etag }))}
      apply={async ({ ttl, values }) => operationOf(await putRecord(place, { ttl, values }, { etag }))}
      {...(onReread && { onReread })}
      onCancel={onClose}
      onAccepted={onAccepted}
    >
      {etag === undefined && <Text>It was written by hand. From now on Berth keeps it as you write it here.</Text>}
      <RecordFields form={form} zone={place.domain} fixed />
    </ReviewForm>
  );
}

function EditKept({ query, now, ...rest }: Done & { place: Place; query: UseQueryResult<Tagged<RecordSet>>; now: Tagged<RecordSet> }) {
  const [seen, reread] = useSeen(query, now);
  return <EditForm set={seen.value} etag={seen.etag} onReread={reread} {...rest} />;
}

function EditLoaded(props: Done & { place: Place }) {
  const query = useRecord(props.place);
  return (
    <Loaded query={query} what="the record">
      {(now) => <EditKept query={query} now={now} {...props} />}
    </Loaded>
  );
}

/** The customer's own are changed in the version that was seen; what was written by hand is taken over. */
export function EditRecordDialog({ place, record, ...done }: Done & { place: Place; record: Record }) {
  const title = `Edit: ${shortName(place.name, place.domain)} ${place.type}`;
  return (
    <Modal opened onClose={done.onClose} title={title} size="lg" closeButtonProps={close}>
      {record.keptBy === 'customer' ? (
        <EditLoaded place={place} {...done} />
      ) : (
        <EditForm place={place} set={{ ...record, type: place.type }} etag={undefined} {...done} />
      )}
    </Modal>
  );
}

export function DeleteRecordDialog({ place, onClose, onAccepted }: Done & { place: Place }) {
  const query = useRecord(place);
  const title = `Delete the record: ${shortName(place.name, place.domain)} ${place.type}`;
  const etag = query.data?.etag;
  return (
    <ChangeDialog
      title={title}
      action="Delete the record"
      danger
      ready={query.isSuccess}
      previewKey={['record.delete', place, etag]}
      preview={async () => changesOf(await deleteRecord(place, { dryRun: true, etag }))}
      apply={async () => operationOf(await deleteRecord(place, { etag }))}
      onReread={async () => {
        await query.refetch();
      }}
      onClose={onClose}
      onAccepted={onAccepted}
    >
      <Loaded query={query} what="the record">
        {({ value }) => (
          <Text>
            {value.name} has no {value.type} records any more: {value.values.join(', ')}
          </Text>
        )}
      </Loaded>
    </ChangeDialog>
  );
}
