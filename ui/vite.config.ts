import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// `npm run dev` shows these pages over a mesh that runs elsewhere: TRACERY_URL, or the demo on this machine.
const backend = process.env.TRACERY_URL ?? 'http://127.0.0.1:8400';

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: 'target/classes/ui',
    emptyOutDir: true,
    target: 'es2022',
    // The layout engine is one large file that only its worker loads.
    chunkSizeWarningLimit: 1700,
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/api': backend, '/search': backend } },
  test: {
    include: ['src/**/*.test.ts'],
    environment: 'node',
    testTimeout: 10_000,
  },
});
