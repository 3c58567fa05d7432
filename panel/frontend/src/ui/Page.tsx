import { Anchor, Group, Title } from '@mantine/core';
import Link from 'next/link';
import type { ReactNode } from 'react';
import classes from './Page.module.css';

interface Crumb {
  href: string;
  text: string;
}

interface PageProps {
  title: ReactNode;
  above?: Crumb;
  badge?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** The frame of every page: where it belongs, what it is called, what can be done, and its content. */
export function Page({ title, above, badge, lead, actions, children }: PageProps) {
  return (
    <>
      <header className={classes.head}>
        <div className={classes.titles}>
          {above && (
            <nav aria-label="Breadcrumb">
              <Anchor component={Link} href={above.href} size="sm">
                {above.text}
              </Anchor>
            </nav>
          )}
          <Group gap="sm" align="center">
            <Title order={1} className={classes.title ?? ''}>
              {title}
            </Title>
            {badge}
          </Group>
          {lead && <div className={classes.lead}>{lead}</div>}
        </div>
        {actions && (
          <Group gap="xs" className={classes.actions ?? ''}>
            {actions}
          </Group>
        )}
      </header>
      {children}
    </>
  );
}

interface SectionProps {
  title: string;
  aside?: ReactNode;
  /** Tables and lists reach the edges; text does not. */
  flush?: boolean;
  children: ReactNode;
}

/** A titled surface. */
export function Section({ title, aside, flush = false, children }: SectionProps) {
  return (
    <section className={classes.section} aria-label={title}>
      <div className={classes.sectionHead}>
        <Title order={2}>{title}</Title>
        {aside}
      </div>
      <div className={flush ? undefined : classes.sectionBody}>{children}</div>
    </section>
  );
}

/** Facts as a definition list. */
export function Facts({ items }: { items: readonly (readonly [string, ReactNode] | undefined)[] }) {
  return (
    <dl className={classes.facts}>
      {items.map(
        (item) =>
          item && (
            <div key={item[0]}>
              <dt>{item[0]}</dt>
              <dd>{item[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
