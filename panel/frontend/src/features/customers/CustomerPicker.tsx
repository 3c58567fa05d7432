'use client';
import { MultiSelect, Select, type ComboboxData, type OptionsFilter } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import type { Customer } from '@/api/types';
import { useCustomerChoice } from './api';

interface PickerProps<Value> {
  label: string;
  description: string;
  value: Value;
  onChange: (value: Value) => void;
  onBlur?: () => void;
  error?: string | undefined;
}

/** What was typed is searched by the server, among all customers: what it answers is what fits. */
const all: OptionsFilter = ({ options }) => options;

interface Option {
  value: string;
  label: string;
  disabled?: boolean;
}

const optionOf = ({ id, name }: Customer): Option => ({ value: id, label: name === id ? id : `${id} (${name})` });

/** The customers that what was typed leads to. The server is asked at a distance, so that a word is one request. */
function useChoice(chosen: string) {
  const [typed, setTyped] = useState('');
  const [asked] = useDebouncedValue(typed.trim(), 200);
  // The text of what is chosen stands in the field, and is no search.
  const { data: found, isError } = useCustomerChoice(chosen !== '' && typed.startsWith(chosen) ? '' : asked);
  const none = isError ? 'The customers cannot be read' : found ? 'No customer has this in its id or name' : 'Reading the customers';
  // A list of options has at least one (WAI-ARIA), so that there is none is said by one that cannot be chosen; no id is a blank.
  const data = found && found.length > 0 ? found.map(optionOf) : [{ value: ' ', label: none, disabled: true }];
  return { data, search: { searchable: true, searchValue: typed, onSearchChange: setTyped, filter: all } };
}

/** Whoever is chosen stays one of the options, also when the search leads elsewhere. */
const withChosen = (data: Option[], chosen: readonly string[]): ComboboxData => [
  ...data,
  ...chosen.filter((id) => id !== '' && data.every(({ value }) => value !== id)).map((id) => ({ value: id, label: id })),
];

/** One customer, or none: an empty text. */
export function CustomerPicker({ value, onChange, ...rest }: PickerProps<string>) {
  const { data, search } = useChoice(value);
  return (
    <Select
      {...rest}
      {...search}
      data={withChosen(data, [value])}
      value={value === '' ? null : value}
      onChange={(id) => onChange(id ?? '')}
      clearable
      clearButtonProps={{ 'aria-label': 'Choose no customer' }}
      spellCheck={false}
      autoCapitalize="none"
    />
  );
}

/** Any number of customers. */
export function CustomersPicker({ value, onChange, ...rest }: PickerProps<string[]>) {
  const { data, search } = useChoice('');
  return (
    <MultiSelect
      {...rest}
      {...search}
      data={withChosen(data, value)}
      value={value}
      onChange={onChange}
      clearSearchOnChange
      spellCheck={false}
      autoCapitalize="none"
    />
  );
}
