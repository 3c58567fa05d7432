'use client';
import { Anchor, Button, Group, SegmentedControl, Stack, Text, VisuallyHidden, useMantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconLogout, IconMoon, IconSun } from '@tabler/icons-react';
import { useMounted } from '@mantine/hooks';
import Link from 'next/link';
import { asProblem } from '@/api/problem';
import { useSession, useSignOut } from './api';

const schemes = [
  { value: 'auto', name: 'As the system', Icon: IconDeviceDesktop },
  { value: 'light', name: 'Light', Icon: IconSun },
  { value: 'dark', name: 'Dark', Icon: IconMoon },
] as const;

/** Who is signed in, the colour scheme, and the way out. */
export function Account() {
  const session = useSession();
  const signOut = useSignOut();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const mounted = useMounted();
  if (!session.data) return null;
  return (
    <Stack gap="xs">
      <div>
        <Text size="sm" fw={600} truncate>
          {session.data.user}
        </Text>
        <Text size="xs" c="dimmed">
          {session.data.role}
          {session.data.userId !== undefined && (
            <>
              {' · '}
              <Anchor component={Link} href="/security/" size="xs">
                Security
              </Anchor>
            </>
          )}
        </Text>
      </div>
      <Group gap="xs" justify="space-between" wrap="nowrap">
        <SegmentedControl
          size="xs"
          aria-label="Colour scheme"
          value={mounted ? colorScheme : 'auto'}
          onChange={(value) => setColorScheme(value)}
          data={schemes.map(({ value, name, Icon }) => ({
            value,
            label: (
              <>
                <Icon size={15} aria-hidden style={{ display: 'block' }} />
                <VisuallyHidden>{name}</VisuallyHidden>
              </>
            ),
          }))}
        />
        <Button size="xs" px={8} variant="subtle" leftSection={<IconLogout size={15} aria-hidden />} loading={signOut.isPending} onClick={() => signOut.mutate()}>
          Sign out
        </Button>
      </Group>
      {signOut.isError && (
        <Text size="xs" c="var(--bad)" role="alert">
          {asProblem(signOut.error).title}
        </Text>
      )}
    </Stack>
  );
}
