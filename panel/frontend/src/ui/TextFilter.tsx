'use client';
import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState, type ReactNode } from 'react';

interface TextFilterProps {
  label: string;
  value: string;
  onChange: (text: string) => void;
  maxLength: number;
  width?: number;
  icon?: ReactNode;
}

/** Narrows a list by a text. The list follows the typing at a distance, so that a word is one request and not one a letter. */
export function TextFilter({ label, value, onChange, maxLength, width = 150, icon }: TextFilterProps) {
  const [typed, setTyped] = useState(value);
  const search = useDebouncedCallback((text: string) => onChange(text.trim()), 250);
  const type = (text: string) => {
    setTyped(text);
    search(text);
  };
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      size="xs"
      w={width}
      value={typed}
      maxLength={maxLength}
      spellCheck={false}
      autoCapitalize="none"
      leftSection={icon}
      onChange={(event) => type(event.currentTarget.value)}
      rightSection={typed !== '' && <CloseButton size="xs" aria-label={`Clear “${label}”`} onClick={() => type('')} />}
    />
  );
}
