import { defineConfig } from 'vitest/config';

/**
 * One project a layer (see docs/architecture.md, "Tests"). Unit, property and adapter tests run with the network off;
 * contract, integration and e2e tests talk to real servers on loopback.
 */
const offline = { setupFiles: ['test/support/no-network.ts'] };
/** Their embedded databases are copies of one that a run makes at its start. What they wait for may take its time on a busy machine. */
const online = { globalSetup: ['test/support/template-setup.ts'], expect: { poll: { timeout: 15_000 } } };

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], ...offline } },
      { test: { name: 'property', include: ['test/property/**/*.test.ts'], ...offline } },
      { test: { name: 'adapters', include: ['test/adapters/**/*.test.ts'], ...offline } },
      { test: { name: 'contract', include: ['test/contract/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 30_000, ...online } },
      { test: { name: 'integration', include: ['test/integration/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000, ...online } },
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 60_000, ...online } },
    ],
  },
});
