import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.spec.ts'],
    // One browser, one page server: the specs run one after the other. Each test is named, skipped ones too.
    fileParallelism: false,
    reporters: ['verbose'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 5_000,
  },
});
