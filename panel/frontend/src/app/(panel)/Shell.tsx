'use client';
import { ActionIcon, Drawer, VisuallyHidden } from '@mantine/core';
import { useDisclosure, useNetwork } from '@mantine/hooks';
import {
  IconActivity, IconBell, IconBuilding, IconHistory, IconKey, IconMenu2, IconReceipt, IconUsers, IconWorld, IconWorldWww, IconWifiOff, type Icon,
} from '@tabler/icons-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { Account } from '@/features/session/Account';
import { useMay, type Act } from '@/features/session/may';
import { Mark } from '@/ui/Mark';
import classes from './Shell.module.css';

interface Place {
  href: string;
  text: string;
  Icon: Icon;
  /** The pages that belong to it. */
  below: readonly string[];
  /** What it is for; whoever may not do it does not see the place. */
  needs: Act;
}

/** Where to go. */
const places: readonly Place[] = [
  { href: '/customers/', text: 'Customers', Icon: IconBuilding, below: ['/customer/'], needs: 'listCustomers' },
  { href: '/sites/', text: 'Sites', Icon: IconWorldWww, below: ['/site/'], needs: 'listSites' },
  { href: '/domains/', text: 'Domains', Icon: IconWorld, below: ['/domain/'], needs: 'listDomains' },
  { href: '/operations/', text: 'Operations', Icon: IconActivity, below: ['/operation/'], needs: 'listOperations' },
  { href: '/events/', text: 'Events', Icon: IconBell, below: [], needs: 'listEvents' },
  { href: '/plans/', text: 'Plans', Icon: IconReceipt, below: [], needs: 'listPlans' },
  { href: '/users/', text: 'Users', Icon: IconUsers, below: [], needs: 'listUsers' },
  { href: '/tokens/', text: 'API tokens', Icon: IconKey, below: [], needs: 'listTokens' },
  { href: '/audit/', text: 'Audit log', Icon: IconHistory, below: [], needs: 'listAudit' },
];

function Brand() {
  return (
    <Link href="/customers/" className={classes.brand}>
      <Mark size={26} />
      <span>Berth</span>
    </Link>
  );
}

function Places({ onGo = () => undefined }: { onGo?: () => void }) {
  const path = usePathname();
  const may = useMay();
  return (
    <nav aria-label="Main" className={classes.places}>
      {places.filter(({ needs }) => may(needs)).map(({ href, text, Icon, below }) => {
        const here = path.startsWith(href) || below.some((page) => path.startsWith(page));
        return (
          <Link key={href} href={href} className={classes.place} aria-current={here ? 'page' : undefined} onClick={onGo}>
            <Icon size={18} stroke={1.75} aria-hidden />
            {text}
          </Link>
        );
      })}
    </nav>
  );
}

function Offline() {
  const { online } = useNetwork();
  return (
    <div role="status">
      {!online && (
        <p className={classes.offline}>
          <IconWifiOff size={16} aria-hidden /> You are offline. What is shown may be old; it is read again when you are back.
        </p>
      )}
    </div>
  );
}

/** The frame around every page: the way to the others, the account, and the page itself. */
export function Shell({ children }: { children: ReactNode }) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        Skip to the content
      </a>
      <header className={classes.bar}>
        <Brand />
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Open the menu" onClick={open}>
          <IconMenu2 size={20} aria-hidden />
        </ActionIcon>
      </header>
      <aside className={classes.side} aria-label="Navigation and account">
        <Brand />
        <Places />
        <Account />
      </aside>
      <Drawer
        opened={opened}
        onClose={close}
        size={280}
        title={<VisuallyHidden>Menu</VisuallyHidden>}
        closeButtonProps={{ 'aria-label': 'Close the menu' }}
      >
        <div className={classes.drawer}>
          <Places onGo={close} />
          <Account />
        </div>
      </Drawer>
      <main id="content" className={classes.main} tabIndex={-1}>
        <Offline />
        {children}
      </main>
    </div>
  );
}
