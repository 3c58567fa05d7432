'use client';
import { Modal, Stack, Text } from '@mantine/core';
import { Copy } from '@/ui/Copy';
import { Facts } from '@/ui/Page';

/** What a mail program is told, of one mailbox or of any. */
export function Setup({ host, address }: { host: string; address?: string }) {
  return (
    <Facts
      items={[
        ['User name', address === undefined ? 'the whole address' : <Copy key="u" text={address} what="the user name" />],
        ['Server, in and out', <Copy key="h" text={host} what="the server’s name" />],
        ['Incoming (IMAP)', 'port 993, SSL/TLS'],
        ['Outgoing (SMTP)', 'port 465, SSL/TLS; or port 587, STARTTLS'],
      ]}
    />
  );
}

export function SetupDialog({ host, address, onClose }: { host: string; address: string; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={`Mail program for ${address}`} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack gap="md">
        <Text>Enter this in the mail program or the phone. The password is the mailbox’s, for both directions.</Text>
        <Setup host={host} address={address} />
      </Stack>
    </Modal>
  );
}
