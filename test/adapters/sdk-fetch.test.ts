import { describe, expect, it } from 'vitest';
import { neverSent } from '../../src/adapters/http.ts';

describe('neverSent', () => {
  const failed = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED'])('%s proves it', (code) => {
    expect(neverSent(failed(code))).toBe(true);
  });

  it('a connection that could not be opened proves it, at every address', () => {
    const unreachable = (syscall: string) => Object.assign(new Error('unreachable'), { code: 'ENETUNREACH', syscall });
    const tried = (...errors: Error[]) => new TypeError('fetch failed', { cause: new AggregateError(errors) });
    expect(neverSent(tried(unreachable('connect'), unreachable('connect')))).toBe(true);
    expect(neverSent(tried(unreachable('connect'), unreachable('read')))).toBe(false);
    expect(neverSent(tried())).toBe(false);
  });

  it.each(['ECONNRESET', 'ETIMEDOUT', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT', 'EPIPE'])('%s proves nothing', (code) => {
    expect(neverSent(failed(code))).toBe(false);
  });
});
