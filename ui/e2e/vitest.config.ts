import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.spec.ts'],
    // Each spec has a browser and a page server of its own; two at a time keep two cores busy and no more.
    maxWorkers: 2,
    // Each test is named, skipped ones too.
    reporters: ['verbose'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    teardownTimeout: 5_000,
  },
});
