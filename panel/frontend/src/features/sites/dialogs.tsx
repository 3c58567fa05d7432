'use client';
import { Modal, Text } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import type { UseQueryResult } from '@tanstack/react-query';
import { useForm } from 'react-hook-form';
import { changesOf, operationOf, type Tagged } from '@/api/client';
import type { Operation, Site } from '@/api/types';
import { ChangeDialog } from '@/ui/ChangeDialog';
import { useSeen } from '@/ui/hooks';
import { ReviewForm } from '@/ui/ReviewForm';
import { deleteSite, rollBack, updateSite } from './api';
import { SiteFields, siteSchema } from './SiteFields';

export interface SiteDialogProps {
  query: UseQueryResult<Tagged<Site>>;
  site: Tagged<Site>;
  onClose: () => void;
  onAccepted: (operation: Operation) => void;
}

export function EditSiteDialog({ query, site, onClose, onAccepted }: SiteDialogProps) {
  const [seen, reread] = useSeen(query, site);
  const { id, hostnames, replicas } = seen.value;
  const form = useForm({ resolver: zodResolver(siteSchema), defaultValues: { hostnames: hostnames.join('\n'), replicas } });
  return (
    <Modal opened onClose={onClose} title={`Edit: ${hostnames[0] ?? id}`} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <ReviewForm
        form={form}
        fields={['hostnames', 'replicas']}
        action="Change the site"
        preview={async (values) => changesOf(await updateSite(id, values, { dryRun: true, etag: seen.etag }))}
        apply={async (values) => operationOf(await updateSite(id, values, { etag: seen.etag }))}
        onReread={reread}
        onCancel={onClose}
        onAccepted={onAccepted}
      >
        <SiteFields form={form} now={hostnames.join(', ')} />
      </ReviewForm>
    </Modal>
  );
}

export function DeleteSiteDialog({ query, site, onClose, onAccepted }: SiteDialogProps) {
  const [seen, reread] = useSeen(query, site);
  const { id, hostnames } = seen.value;
  const name = hostnames[0] ?? id;
  return (
    <ChangeDialog
      title={`Delete the site: ${name}`}
      action="Delete the site"
      danger
      typed={name}
      previewKey={['site.delete', id, seen.etag]}
      preview={async () => changesOf(await deleteSite(id, { dryRun: true, etag: seen.etag }))}
      apply={async () => operationOf(await deleteSite(id, { etag: seen.etag }))}
      onReread={reread}
      onClose={onClose}
      onAccepted={onAccepted}
    >
      <Text>Its files and releases are removed and its hostnames are free again. This cannot be undone.</Text>
    </ChangeDialog>
  );
}

export function RollbackDialog({ query, site, release, onClose, onAccepted }: SiteDialogProps & { release: string }) {
  const [seen, reread] = useSeen(query, site);
  const { id } = seen.value;
  return (
    <ChangeDialog
      title="Roll back"
      action="Serve this release"
      previewKey={['site.rollback', id, release, seen.etag]}
      preview={async () => changesOf(await rollBack(id, release, { dryRun: true, etag: seen.etag }))}
      apply={async (key) => operationOf(await rollBack(id, release, { etag: seen.etag, key }))}
      onReread={reread}
      onClose={onClose}
      onAccepted={onAccepted}
    >
      <Text>
        The release <code>{release}</code> is served again, at once and whole. The present one is kept.
      </Text>
    </ChangeDialog>
  );
}
