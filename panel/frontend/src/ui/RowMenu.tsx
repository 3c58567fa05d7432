'use client';
import { ActionIcon, Menu } from '@mantine/core';
import { IconDotsVertical, type Icon } from '@tabler/icons-react';

export interface RowAction {
  text: string;
  Icon: Icon;
  danger?: boolean;
  act: () => void;
}

/** What can be done with one row of a table. `of` names the row for screen readers. */
export function RowMenu({ of, actions }: { of: string; actions: readonly RowAction[] }) {
  if (actions.length === 0) return null;
  return (
    <Menu position="bottom-end" width={200} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${of}`}>
          <IconDotsVertical size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map(({ text, Icon, danger, act }) => (
          <Menu.Item key={text} leftSection={<Icon size={16} aria-hidden />} {...(danger && { c: 'var(--bad)' })} onClick={act}>
            {text}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
