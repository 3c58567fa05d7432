'use client';
import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import { changesOf, operationOf, type Tagged } from '@/api/client';
import type { Domain, Operation } from '@/api/types';
import { ChangeDialog } from '@/ui/ChangeDialog';
import { Copy } from '@/ui/Copy';
import { Facts, Section } from '@/ui/Page';
import { Time } from '@/ui/Time';
import { useMay } from '../session/may';
import { updateDomain, verifyDomain } from './api';

const proofs = {
  txt: 'by its TXT record',
  delegation: 'by its delegation',
  admin: 'confirmed by an admin',
  earlier: 'served since before proofs were asked for',
} as const;

export function ownershipText(domain: Domain): string {
  switch (domain.ownership) {
    case 'platform':
      return 'free below the domains of this installation';
    case 'pending':
      return 'waits for a proof';
    case 'proven':
      return domain.proof ? proofs[domain.proof] : 'proven';
  }
}

interface PartProps {
  domain: Tagged<Domain>;
  onAccepted: (operation: Operation) => void;
}

/** What the owner is to publish, as long as nobody has proven whose the domain is. */
export function Challenge({ domain, onAccepted }: PartProps) {
  const [asking, setAsking] = useState(false);
  const may = useMay();
  const { name, challenge, conditions } = domain.value;
  if (!challenge) return null;
  const waiting = conditions?.find((c) => c.type === 'ownership' && c.subject === `domain/${name}`);
  return (
    <Section
      title="Proof of ownership"
      aside={may('verifyDomain') && <Button size="xs" variant="default" onClick={() => setAsking(true)}>Look now</Button>}
    >
      <Text mb="xs">
        Nothing of this domain is served yet. Publish this record at the name server that serves it now; it is looked for again and again.
      </Text>
      <Facts
        items={[
          ['Name', <Copy key="n" text={challenge.name} what="the name" />],
          ['Type', challenge.type],
          ['Value', <Copy key="v" text={challenge.value} what="the value" />],
          ['Ends unless proven', <Time key="e" at={challenge.expiresAt} />],
          waiting && ['Last seen', waiting.message],
        ]}
      />
      {asking && (
        <ChangeDialog
          title={`Look for the proof of ${name}`}
          action="Look now"
          previewKey={['domain.verify', name, domain.etag]}
          preview={async () => changesOf(await verifyDomain(name, { dryRun: true }))}
          apply={async (key) => operationOf(await verifyDomain(name, { key }))}
          onClose={() => setAsking(false)}
          onAccepted={onAccepted}
        >
          <Text>The domain is served as soon as the proof is seen.</Text>
        </ChangeDialog>
      )}
    </Section>
  );
}

function Texts({ texts, what }: { texts: readonly string[]; what: string }) {
  return texts.map((text) => (
    <div key={text}>
      <Copy text={text} what={what} />
    </div>
  ));
}

/** The switch of DNSSEC, and what is to be published at the registrar. */
export function Signing({ domain, onAccepted }: PartProps) {
  const [switching, setSwitching] = useState(false);
  const may = useMay();
  const { name, dnssec, ds, dnskey, conditions } = domain.value;
  const condition = conditions?.find((c) => c.type === 'dnssec' && c.subject === `domain/${name}`);
  const action = dnssec ? 'End the signing' : 'Sign the zone';
  return (
    <Section
      title="Signing (DNSSEC)"
      aside={may('updateDomain') && <Button size="xs" variant="default" onClick={() => setSwitching(true)}>{action}</Button>}
    >
      {ds.length === 0 && <Text>{dnssec ? 'The zone is being signed.' : 'The zone is not signed.'}</Text>}
      {condition && <Text mb="xs">{condition.message}</Text>}
      {ds.length > 0 && (
        <Facts
          items={[
            ['DS', <Texts key="ds" texts={ds} what="the DS" />],
            ['DNSKEY', <Texts key="dnskey" texts={dnskey} what="the key" />],
          ]}
        />
      )}
      {switching && (
        <ChangeDialog
          title={`${action}: ${name}`}
          action={action}
          danger={dnssec}
          previewKey={['domain.update', name, domain.etag]}
          preview={async () => changesOf(await updateDomain(name, { dnssec: !dnssec }, { dryRun: true, etag: domain.etag }))}
          apply={async () => operationOf(await updateDomain(name, { dnssec: !dnssec }, { etag: domain.etag }))}
          onClose={() => setSwitching(false)}
          onAccepted={onAccepted}
        >
          <Text>
            {dnssec
              ? 'Delete the DS at the registrar first: until it is gone the zone stays signed, or resolvers would refuse the domain.'
              : 'When it is signed, the DS is shown here. The domain is protected once that is published at the registrar.'}
          </Text>
        </ChangeDialog>
      )}
    </Section>
  );
}
