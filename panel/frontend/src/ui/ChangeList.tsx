import { Text } from '@mantine/core';
import type { Change } from '@/api/types';
import classes from './ChangeList.module.css';

const signs = { create: '+', update: '~', delete: '−' } as const;
const words = { create: 'Create', update: 'Change', delete: 'Delete' } as const;
const planes = { kubernetes: 'Kubernetes', dns: 'DNS', mail: 'Mail', database: 'Database' } as const;

/** What a request would do, in the order in which it would be done. */
export function ChangeList({ changes }: { changes: readonly Change[] }) {
  if (changes.length === 0) return <Text c="dimmed">Nothing would change on any plane.</Text>;
  return (
    <ol className={classes.list} aria-label="Changes">
      {changes.map((change, index) => (
        <li key={`${index} ${change.object}`} className={classes.item}>
          <span className={classes.sign} data-action={change.action} aria-hidden="true">
            {signs[change.action]}
          </span>
          <span className={classes.what}>
            <span className={classes.action}>{words[change.action]} </span>
            <code>{change.object}</code>
            {change.fields && change.fields.length > 0 && (
              <span className={classes.fields}>
                {change.fields.map((field) => (
                  <code key={field}>{field}</code>
                ))}
              </span>
            )}
          </span>
          <span className={classes.plane}>{planes[change.plane]}</span>
        </li>
      ))}
    </ol>
  );
}
