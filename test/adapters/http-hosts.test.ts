/** How a host is treated over time: fake time, so that what is asserted are counts. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createHosts, type Hosts, type Outcome } from '../../src/adapters/http/hosts.ts';
import type { HostLimits } from '../../src/adapters/http.ts';
import { HeraldError, type HeraldErrorOptions } from '../../src/core/errors.ts';
import { instant, MS } from '../../src/core/time.ts';
import { failureFrom, UNHURRIED } from '../support/sources.ts';

const START = '2026-09-10T12:00:00.000Z';
const forever = new AbortController().signal;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(START), toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function hostsWith(limits: HostLimits = UNHURRIED, random: () => number = () => 1): Hosts {
  return createHosts({ limits: () => limits, clock: { now: () => instant(Date.now()) }, random });
}

const answers = (): Promise<Outcome<string>> => Promise.resolve({ kind: 'answered', answer: 'yes' });
const fails =
  (code: HeraldError['code'], options: HeraldErrorOptions = {}) =>
  (): Promise<Outcome<string>> =>
    Promise.resolve({ kind: 'failed', error: new HeraldError(code, `it was ${code}.`, options) });

const askOf =
  (hosts: Hosts, host = 'quay.io') =>
  (wire: () => Promise<Outcome<string>>, signal: AbortSignal = forever) =>
    hosts.ask(host, `https://${host}/x`, signal, wire);

/** Requests that stay under way until the test lets them end. */
function openRequests() {
  const started: ((outcome: Outcome<string>) => void)[] = [];
  return {
    wire: () => new Promise<Outcome<string>>((resolve) => started.push(resolve)),
    started,
    endAll: () => {
      for (const end of started.splice(0)) end({ kind: 'answered', answer: 'yes' });
    },
  };
}

describe('the pace of a host', () => {
  it('is a burst at once, then so many a second, in the order of asking', async () => {
    const ask = askOf(hostsWith({ perSecond: 2, burst: 5, concurrency: 100 }));
    const order: number[] = [];
    const all = Array.from({ length: 10 }, (_, n) =>
      ask(() => {
        order.push(n);
        return answers();
      }),
    );
    await vi.advanceTimersByTimeAsync(0);
    expect(order).toHaveLength(5);
    for (const seen of [7, 9, 10]) {
      await vi.advanceTimersByTimeAsync(1000);
      expect(order).toHaveLength(seen);
    }
    expect(await Promise.all(all)).toHaveLength(10);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('lets no more requests be under way than allowed', async () => {
    const ask = askOf(hostsWith({ ...UNHURRIED, concurrency: 4 }));
    const open = openRequests();
    const all = Array.from({ length: 10 }, () => ask(open.wire));
    for (const seen of [4, 4, 2]) {
      await vi.advanceTimersByTimeAsync(0);
      expect(open.started).toHaveLength(seen);
      open.endAll();
    }
    await Promise.all(all);
  });

  it('is kept for each host by itself', async () => {
    const hosts = hostsWith({ perSecond: 1, burst: 1, concurrency: 1 });
    await askOf(hosts, 'quay.io')(answers);
    expect(await askOf(hosts, 'ghcr.io')(answers)).toBe('yes');
  });

  it('ends a wait with the deadline of the request, and gives its turn to the next', async () => {
    const ask = askOf(hostsWith({ perSecond: 1, burst: 1, concurrency: 4 }));
    await ask(answers);
    const deadline = new AbortController();
    const wire = vi.fn(answers);
    const late = failureFrom(ask(wire, deadline.signal));
    const next = ask(answers);
    deadline.abort();
    expect(await late).toMatchObject({ code: 'TIMEOUT', message: expect.stringContaining('its turn at quay.io') });
    await vi.advanceTimersByTimeAsync(1000);
    expect(await next).toBe('yes');
    expect(wire).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves no timer behind when the last wait is given up', async () => {
    const ask = askOf(hostsWith({ perSecond: 0.01, burst: 1, concurrency: 4 }));
    await ask(answers);
    const deadline = new AbortController();
    const late = failureFrom(ask(answers, deadline.signal));
    deadline.abort();
    await late;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that ran out of time in the queue is no fault of the host', async () => {
    const hosts = hostsWith({ perSecond: 0.01, burst: 1, concurrency: 4 });
    await askOf(hosts)(answers);
    const gone = AbortSignal.abort();
    for (let n = 0; n < 10; n += 1) await failureFrom(askOf(hosts)(answers, gone));
    expect(hosts.states()).toMatchObject([{ breaker: 'closed', requests: 1, failures: 0 }]);
  });
});

describe('a host that asks for a rest', () => {
  it.each([
    ['with 429', 'RATE_LIMITED'],
    ['with 503', 'UPSTREAM_UNAVAILABLE'],
  ] as const)('%s is not asked before then', async (_how, code) => {
    const hosts = hostsWith();
    const ask = askOf(hosts);
    await failureFrom(ask(fails(code, { retryAfterMs: 120_000 })));
    await vi.advanceTimersByTimeAsync(90_000);
    const wire = vi.fn(answers);
    expect(await failureFrom(ask(wire))).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 30_000 });
    expect(hosts.states()).toMatchObject([{ host: 'quay.io', limitedUntil: '2026-09-10T12:02:00.000Z' }]);
    expect(wire).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await ask(wire)).toBe('yes');
    expect(hosts.states()).toMatchObject([{ limitedUntil: null }]);
  });

  it('stops those that wait for their turn, too', async () => {
    const ask = askOf(hostsWith({ perSecond: 1, burst: 1, concurrency: 4 }));
    const first = failureFrom(ask(fails('RATE_LIMITED', { retryAfterMs: 60_000 })));
    const wire = vi.fn(answers);
    const second = failureFrom(ask(wire));
    await vi.advanceTimersByTimeAsync(1000);
    expect([(await first).code, (await second).code]).toEqual(['RATE_LIMITED', 'RATE_LIMITED']);
    expect(wire).not.toHaveBeenCalled();
  });

  it('is believed for the longest of several waits', async () => {
    const hosts = hostsWith();
    const open = openRequests();
    const both = [askOf(hosts)(open.wire), askOf(hosts)(open.wire)].map(failureFrom);
    await vi.advanceTimersByTimeAsync(0);
    for (const [index, seconds] of [60, 10].entries()) {
      open.started[index]?.({ kind: 'failed', error: new HeraldError('RATE_LIMITED', 'slow', { retryAfterMs: seconds * MS.second }) });
    }
    await Promise.all(both);
    expect(hosts.states()).toMatchObject([{ limitedUntil: '2026-09-10T12:01:00.000Z' }]);
  });

  it('without saying how long is left alone for 1, 2, 4 … 30 minutes, and of that the part that chance picks', async () => {
    const waits: number[] = [];
    const hosts = hostsWith(UNHURRIED, () => 1);
    for (let n = 0; n < 7; n += 1) {
      await failureFrom(askOf(hosts)(fails('RATE_LIMITED')));
      const { retryAfterMs = 0 } = await failureFrom(askOf(hosts)(answers));
      waits.push(retryAfterMs / MS.minute);
      await vi.advanceTimersByTimeAsync(retryAfterMs);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30]);

    await askOf(hosts)(answers);
    await failureFrom(askOf(hosts)(fails('RATE_LIMITED')));
    expect(await failureFrom(askOf(hosts)(answers))).toMatchObject({ retryAfterMs: MS.minute });

    const lucky = hostsWith(UNHURRIED, () => 0.25);
    await failureFrom(askOf(lucky)(fails('RATE_LIMITED')));
    expect(await failureFrom(askOf(lucky)(answers))).toMatchObject({ retryAfterMs: 15_000 });
  });
});

describe('a host that is down', () => {
  const breakIt = async (hosts: Hosts, code: HeraldError['code'] = 'TIMEOUT') => {
    for (let n = 0; n < 5; n += 1) await failureFrom(askOf(hosts)(fails(code)));
  };

  it.each(['TIMEOUT', 'NETWORK', 'UPSTREAM_UNAVAILABLE'] as const)('five times in a row (%s) is not asked for a minute', async (code) => {
    const hosts = hostsWith();
    await breakIt(hosts, code);
    const wire = vi.fn(answers);
    await vi.advanceTimersByTimeAsync(20_000);
    const failure = await failureFrom(askOf(hosts)(wire));
    expect(failure).toMatchObject({ code: 'CIRCUIT_OPEN', disposition: 'transient', retryAfterMs: 40_000 });
    for (const part of ['quay.io', '2026-09-10T12:01:00.000Z', `it was ${code}.`]) expect(failure.message).toContain(part);
    expect(wire).not.toHaveBeenCalled();
    expect(hosts.states()).toEqual([
      { host: 'quay.io', breaker: 'open', until: '2026-09-10T12:01:00.000Z', limitedUntil: null, requests: 5, failures: 5 },
    ]);
  });

  it.each(['NOT_FOUND', 'UNAUTHORIZED', 'BAD_REDIRECT', 'UNEXPECTED_STATUS', 'TOO_LARGE', 'FORBIDDEN_ADDRESS'] as const)(
    'is not one that answers %s, however often; and such an answer ends a streak',
    async (code) => {
      const hosts = hostsWith();
      for (let n = 0; n < 10; n += 1) await failureFrom(askOf(hosts)(fails(code)));
      for (let n = 0; n < 4; n += 1) await failureFrom(askOf(hosts)(fails('NETWORK')));
      await failureFrom(askOf(hosts)(fails(code)));
      for (let n = 0; n < 4; n += 1) await failureFrom(askOf(hosts)(fails('NETWORK')));
      expect(hosts.states()).toMatchObject([{ breaker: 'closed', failures: 8 }]);
    },
  );

  it('is tried with one request after the minute, and asked as before when that one is answered', async () => {
    const hosts = hostsWith();
    await breakIt(hosts);
    await vi.advanceTimersByTimeAsync(MS.minute);
    const open = openRequests();
    const probe = askOf(hosts)(open.wire);
    await vi.advanceTimersByTimeAsync(0);
    expect(hosts.states()).toMatchObject([{ breaker: 'half-open', until: null }]);
    const others = await Promise.all([1, 2, 3].map(() => failureFrom(askOf(hosts)(open.wire))));
    expect(others.map(({ code }) => code)).toEqual(['CIRCUIT_OPEN', 'CIRCUIT_OPEN', 'CIRCUIT_OPEN']);
    expect(open.started).toHaveLength(1);
    open.endAll();
    expect(await probe).toBe('yes');
    expect(await askOf(hosts)(answers)).toBe('yes');
    expect(hosts.states()).toMatchObject([{ breaker: 'closed' }]);
  });

  it('is left alone for another minute when that one fails', async () => {
    const hosts = hostsWith();
    await breakIt(hosts);
    await vi.advanceTimersByTimeAsync(MS.minute);
    expect((await failureFrom(askOf(hosts)(fails('NETWORK')))).code).toBe('NETWORK');
    expect(await failureFrom(askOf(hosts)(answers))).toMatchObject({ code: 'CIRCUIT_OPEN', retryAfterMs: MS.minute });
  });

  it('keeps nobody from another host', async () => {
    const hosts = hostsWith();
    await breakIt(hosts);
    expect(await askOf(hosts, 'ghcr.io')(answers)).toBe('yes');
  });
});

describe('hosts nobody asks any more', () => {
  it('are forgotten before there are too many, but not one that has to rest', async () => {
    const hosts = hostsWith();
    await failureFrom(askOf(hosts, 'resting.example')(fails('RATE_LIMITED', { retryAfterMs: MS.hour })));
    for (let n = 0; n < 1500; n += 1) await askOf(hosts, `${n}.example`)(answers);
    const names = hosts.states().map(({ host }) => host);
    expect(names).toHaveLength(1000);
    expect(names).toContain('resting.example');
    expect(names).toContain('1499.example');
  });
});
