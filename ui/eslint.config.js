import js from '@eslint/js';
import hooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import ts from 'typescript-eslint';

/** A feature never imports another; what two of them need moves to components, model or api. */
const features = ['topology', 'services', 'service', 'traces', 'trace', 'compare', 'live', 'mesh'];
const islands = features.map((feature) => ({
  files: [`src/features/${feature}/**`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: [...features.filter((f) => f !== feature).map((f) => `**/features/${f}/**`), '**/app/App'],
          },
          { group: features.filter((f) => f !== feature).map((f) => `../${f}/**`) },
        ],
      },
    ],
  },
}));

export default ts.config(
  { ignores: ['target', 'node_modules'] },
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  ts.configs.stylisticTypeChecked,
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { 'react-hooks': hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      'max-lines': ['error', { max: 300 }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A colour or a font from elsewhere would be a request to elsewhere.
      'no-restricted-syntax': [
        'error',
        {
          selector: 'Literal[value=/^https?:.u002F.u002F(?!www.w3.org)/]',
          message: 'The pages ask nobody but their own origin.',
        },
      ],
    },
  },
  {
    files: ['src/model/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['react', 'react-dom', '**/components/**', '**/features/**'] }] },
      ],
    },
  },
  ...islands,
  {
    files: ['**/*.js', '**/*.mjs'],
    ...ts.configs.disableTypeChecked,
    languageOptions: { globals: globals.node, parserOptions: { projectService: false } },
  },
  { files: ['e2e/**'], languageOptions: { globals: globals.node }, rules: { 'no-restricted-syntax': 'off' } },
);
