'use client';
import { CloseButton, TextInput } from '@mantine/core';
import { useState } from 'react';
import { limits } from '@/api/limits';

const pattern = new RegExp(limits.CustomerId.pattern);

/** Narrows a list to one customer. The list follows only ids that could be one, so typing shows no errors. */
export function CustomerFilter({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  const type = (text: string) => {
    setTyped(text);
    if (text === '' || pattern.test(text)) onChange(text);
  };
  return (
    <TextInput
      aria-label="Customer’s id"
      placeholder="Customer’s id"
      size="xs"
      w={170}
      value={typed}
      maxLength={limits.CustomerId.maxLength}
      spellCheck={false}
      autoCapitalize="none"
      onChange={(event) => type(event.currentTarget.value.trim())}
      rightSection={typed !== '' && <CloseButton size="xs" aria-label="Show all customers" onClick={() => type('')} />}
    />
  );
}
