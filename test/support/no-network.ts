/** Unit, property and adapter tests never reach a network: any request that no mock expects fails with the request shown. */
import { afterEach } from 'vitest';
import { assertMocksUsed, forbidNetwork } from './http-mock.ts';

forbidNetwork();
afterEach(assertMocksUsed);
