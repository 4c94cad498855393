/**
 * The only file that imports nock. Requests nobody mocked fail, and so does a mock nobody asked for.
 */
import nock from 'nock';

/** Forbids every real connection in this test file. */
export function forbidNetwork(): void {
  nock.disableNetConnect();
}

/** Fails when a mock was declared and not used; always leaves a clean slate. */
export function assertMocksUsed(): void {
  const pending = nock.pendingMocks();
  nock.cleanAll();
  if (pending.length > 0) {
    throw new Error(`mocks declared and never requested:\n  ${pending.join('\n  ')}`);
  }
}

/** Starts mocking an origin such as `https://quay.io`. `reqheaders` must be sent, `badheaders` must not. */
export function mockHost(origin: string, headers: Pick<nock.Options, 'reqheaders' | 'badheaders'> = {}): nock.Scope {
  return nock(origin, headers);
}
