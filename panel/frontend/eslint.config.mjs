import js from '@eslint/js';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const below = (layer, above) => ({
  files: [`src/${layer}/**/*.{ts,tsx}`],
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: above.map((name) => ({ group: [`@/${name}`, `@/${name}/*`], message: `${layer} is below ${name}.` })) },
    ],
  },
});

export default tseslint.config(
  { ignores: ['.next/', 'out/', 'node_modules/', 'src/api/schema.d.ts', 'next-env.d.ts'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
      jsxA11y.flatConfigs.strict,
      reactHooks.configs.flat.recommended,
    ],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Record is the name of a schema here: an RRset.
      '@typescript-eslint/consistent-indexed-object-style': ['error', 'index-signature'],
      // What scrolls must be reachable by keyboard.
      'jsx-a11y/no-noninteractive-tabindex': ['error', { tags: [], roles: ['tabpanel', 'region'], allowExpressionValues: false }],
      // Dropping a file is another way to do what a button beside does.
      'jsx-a11y/no-noninteractive-element-interactions': [
        'error',
        { handlers: ['onClick', 'onMouseDown', 'onMouseUp', 'onKeyDown', 'onKeyUp'] },
      ],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  // The arrows between folders point one way: lib <- api <- ui <- features <- app.
  below('lib', ['api', 'ui', 'features', 'app']),
  below('api', ['ui', 'features', 'app']),
  below('ui', ['features', 'app']),
  below('features', ['app']),
  {
    files: ['scripts/*.mjs', 'tests/e2e/*.mjs', '*.mjs'],
    languageOptions: {
      globals: { console: 'readonly', process: 'readonly', URL: 'readonly', Buffer: 'readonly', fetch: 'readonly', setTimeout: 'readonly' },
    },
    rules: { eqeqeq: 'error' },
  },
);
