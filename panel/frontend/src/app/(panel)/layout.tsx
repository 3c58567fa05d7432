import { Suspense, type ReactNode } from 'react';
import { Guard } from '@/features/session/Guard';
import { Shell } from './Shell';

// Pages read their address, which no build knows: what stands below Suspense is drawn in the browser.
export default function PanelLayout({ children }: { children: ReactNode }) {
  return (
    <Suspense>
      <Guard>
        <Shell>{children}</Shell>
      </Guard>
    </Suspense>
  );
}
