'use client';
import { Center, Container, Loader, VisuallyHidden } from '@mantine/core';
import { usePathname, useRouter } from 'next/navigation';
import { useEffect, type ReactNode } from 'react';
import { ProblemNote } from '@/ui/Messages';
import { useSession } from './api';

/** Shows its children to who is signed in, and leads everybody else to the sign-in page and back. */
export function Guard({ children }: { children: ReactNode }) {
  const session = useSession();
  const router = useRouter();
  const path = usePathname();
  const nobody = session.data === null;

  useEffect(() => {
    if (nobody) router.replace(`/sign-in/?next=${encodeURIComponent(path + window.location.search)}`);
  }, [nobody, path, router]);

  if (session.data) return children;
  if (session.isError) {
    return (
      <Container component="main" size="xs" py="xl">
        <ProblemNote error={session.error} onRetry={() => void session.refetch()} />
      </Container>
    );
  }
  return (
    <Center component="main" mih="100dvh" role="status">
      <Loader aria-hidden="true" />
      <VisuallyHidden>Loading</VisuallyHidden>
    </Center>
  );
}
