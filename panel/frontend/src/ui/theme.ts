/** The look: quiet surfaces, one colour, the reader's own system font; every text passes WCAG AA in both schemes. */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const harbour: MantineColorsTuple = [
  '#eaf5f8', '#d3e8ee', '#a6d1dd', '#76b9cb', '#4fa4bb', '#3797b0', '#26879f', '#15718a', '#0d5f76', '#054c60',
];

const ink: MantineColorsTuple = [
  '#c9d3d9', '#b3c0c8', '#9aa9b3', '#7f919c', '#5d6f7a', '#3a4953', '#28353d', '#1b262d', '#141d23', '#0e151a',
];

const system =
  'system-ui, -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", "DejaVu Sans", Helvetica, Arial, sans-serif';

export const theme = createTheme({
  primaryColor: 'harbour',
  primaryShade: { light: 8, dark: 7 },
  colors: { harbour, dark: ink },
  fontFamily: system,
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "Noto Sans Mono", "DejaVu Sans Mono", monospace',
  headings: {
    fontFamily: system,
    fontWeight: '620',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.25' },
      h2: { fontSize: '1.0625rem', lineHeight: '1.35' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Modal: { defaultProps: { centered: true, radius: 'md', overlayProps: { backgroundOpacity: 0.45 } } },
    Anchor: { defaultProps: { underline: 'hover' } },
    Menu: {
      styles: { dropdown: { borderColor: 'var(--line)', background: 'var(--surface)' }, item: { '--menu-item-hover': 'var(--surface-sunk)' } },
    },
    Table: { defaultProps: { verticalSpacing: 'sm', horizontalSpacing: 'md' } },
  },
});

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#f6f8f9',
    '--mantine-color-text': '#17242c',
    '--mantine-color-dimmed': '#51626c',
    '--mantine-color-placeholder': '#5f707a',
    '--mantine-color-anchor': '#0d5f76',
    '--mantine-color-error': '#b42318',
    '--mantine-color-default-border': '#cbd5da',
  },
  dark: {
    '--mantine-color-body': '#10181d',
    '--mantine-color-text': '#dce5ea',
    '--mantine-color-dimmed': '#9db0bb',
    '--mantine-color-placeholder': '#8fa2ad',
    '--mantine-color-anchor': '#7cc4d8',
    '--mantine-color-error': '#ff9b90',
    '--mantine-color-default-border': '#33434d',
  },
});
