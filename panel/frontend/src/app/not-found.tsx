import type { Metadata } from 'next';
import { LinkButton } from '@/ui/LinkButton';
import { Empty } from '@/ui/Messages';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <main style={{ display: 'grid', minHeight: '100dvh', placeItems: 'center' }}>
      <Empty title="There is no such page" level={1} action={<LinkButton href="/customers/">Go to the customers</LinkButton>}>
        The address may be mistyped, or the page was moved.
      </Empty>
    </main>
  );
}
