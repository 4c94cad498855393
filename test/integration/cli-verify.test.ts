/** herald verify and what the other commands say of signatures, on the recorded world whose images are signed by its own Sigstore. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { instant, MS, plusMs } from '../../src/core/time.ts';
import { runCli } from '../../src/entry/cli.ts';
import { PLAIN } from '../../src/render/text.ts';
import { migratedDataDir } from '../support/databases.ts';
import { UNHURRIED } from '../support/sources.ts';
import { startUpstream, type Upstream } from '../world/upstream.ts';

const HADRON = 'quay.io/kairos/hadron';
/** Pushed again by somebody who signed it through the public workflow. */
const REPUSHED = `${HADRON}:v0.5.1-core-amd64-generic-v4.2.0`;
const UNSIGNED = `${HADRON}:v0.5.1-core-arm64-rpi4-v4.2.0`;
const SIGNED = `${HADRON}:v0.5.1-core-amd64-generic-v4.3.0`;

let directory: string;
let upstream: Upstream;
let env: Record<string, string>;

async function herald(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const write = (to: string[]) => (text: string) => void to.push(text);
  const style = { width: 400, palette: PLAIN };
  const code = await runCli(args, { out: write(out), err: write(err), style, interactive: false, env, readInput: async () => '' });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

async function configure(verification: object): Promise<void> {
  const hadron = { id: 'hadron', source: 'quay', repository: HADRON, project: 'kairos', every: 'hourly', endpoint: upstream.origin };
  const subscription = { id: 'team', to: 'console', filter: 'hadron', owner: 'team' };
  const config = { defaultTargets: false, targets: [hadron], subscriptions: [subscription], network: { limits: UNHURRIED }, verification };
  await writeFile(join(directory, 'herald.yaml'), stringify(config));
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'herald-verify-'));
  upstream = await startUpstream({ now: instant('2026-08-19T00:00:00Z') });
  await writeFile(join(directory, 'trusted_root.json'), upstream.trustRoot);
  await configure({ trustRoot: 'trusted_root.json' });
  const dataDir = await migratedDataDir(join(directory, 'data'));
  env = { HERALD_CONFIG: join(directory, 'herald.yaml'), HERALD_DATA_DIR: dataDir, HERALD_LOG_LEVEL: 'error' };
  await herald('check');
  upstream.at = instant('2026-08-20T09:00:00Z');
  upstream.repush('kairos/hadron', 'v0.5.1-core-amd64-generic-v4.2.0');
  upstream.at = plusMs(upstream.at, MS.minute);
  await herald('check');
  upstream.at = instant('2026-09-08T17:00:00Z');
  await herald('check');
});

afterAll(async () => {
  await upstream.close().catch(() => undefined);
  await rm(directory, { recursive: true, force: true });
});

describe('herald verify', () => {
  it('says who signed a verified image, for what, and what that covers; exit code 0', async () => {
    const { code, out } = await herald('verify', SIGNED);
    expect(code).toBe(0);
    expect(out).toMatch(/^✓ Verified: quay\.io/);
    expect(out).toMatch(
      /Signed by +https:\/\/github\.com\/kairos-io\/kairos\/\.github\/workflows\/reusable-factory\.yaml@refs\/tags\/v4\.3\.0/,
    );
    expect(out).toMatch(/Signed for +kairos-io\/kairos at v4\.3\.0, commit [0-9a-f]{12}/);
    expect(out).toMatch(/SBOM +in the signed index/);
  });

  it('rejects one that a stranger signed through the same workflow, with the reason; exit code 4', async () => {
    const { code, out } = await herald('verify', REPUSHED);
    expect(code).toBe(4);
    expect(out).toContain(
      'Do not use it: the workflow ran for https://github.com/kairos-mirror/kairos, not for https://github.com/kairos-io/kairos.',
    );
    expect(out).toMatch(/Refused +POLICY/);
  });

  it('says of one without a signature that everything was looked at; exit code 3', async () => {
    const { code, out } = await herald('verify', UNSIGNED);
    expect(code).toBe(3);
    expect(out).toContain('Everything was looked at, and nobody signed it.');
  });

  it('says of one that is not there that it is unknown, never unsigned; exit code 5', async () => {
    const { code, out } = await herald('verify', `${HADRON}:v0.5.1-core-amd64-generic-v9.9.9`);
    expect(code).toBe(5);
    expect(out).toContain('It could not be checked');
    expect(out).not.toMatch(/unsigned/i);
  });

  it('takes the release from the person where the tag does not tell, and is wrong where that is', async () => {
    const digest = /sha256:[0-9a-f]{64}/.exec((await herald('verify', SIGNED)).out)?.[0] ?? '';
    expect(await herald('verify', `${HADRON}@${digest}`)).toMatchObject({ code: 2, err: expect.stringContaining('--release') });
    expect((await herald('verify', `${HADRON}@${digest}`, '--release', 'v4.3.0')).code).toBe(0);
    expect((await herald('verify', `${HADRON}@${digest}`, '--release', 'v4.2.0')).code).toBe(4);
  });

  it('says of another project that nobody said who should sign', async () => {
    const { code, out } = await herald('verify', SIGNED, '--project', 'edge-ubuntu');
    expect(code).toBe(5);
    expect(out).toContain('no identity in the configuration says by whom it should be');
  });

  it.each(['not a reference', 'hadron'])('does not take %j for an image; exit code 2', async (text) => {
    expect((await herald('verify', text)).code).toBe(2);
  });

  it('gives programs the verdict with its evidence', async () => {
    expect(JSON.parse((await herald('verify', REPUSHED, '--json')).out)).toMatchObject({
      reference: REPUSHED,
      state: 'rejected',
      signer: null,
      refusals: [{ fault: 'POLICY' }],
      marks: [{ id: expect.stringMatching(/^sha256:/) }],
    });
  });
});

describe('what the others say', () => {
  it('a rejected image is called so where its release is shown, and not among what to pull', async () => {
    const { out } = await herald('show', 'v4.2.0');
    expect(out).toContain('signature rejected');
    expect(out).toMatch(/Signatures +\d verified · 1 unsigned · 1 rejected, signed for kairos-io\/kairos at v4\.2\.0/);
    expect(out).not.toContain(`\n  ${REPUSHED}@sha256`);
    expect(out).toContain(`\n  ${UNSIGNED}@sha256`);
  });

  it('is not offered as an upgrade, which is said', async () => {
    const running = `${HADRON}:v0.4.0-core-amd64-generic-v4.1.2`;
    const { out, err } = await herald('candidates', running);
    expect(out).toContain('v4.3.0');
    expect(out).not.toContain('-v4.2.0');
    expect(err).toContain('1 image left out, whose signature is wrong or gone');
  });

  it('doctor counts verdicts and names what is wrong; exit code 1', async () => {
    const { code, out } = await herald('doctor');
    expect(code).toBe(1);
    expect(out).toMatch(/✓ signatures +\d+ verified, 1 unsigned\./);
    expect(out).toMatch(/✗ signatures +1 image rejected/);
    expect(out).toMatch(/✓ trust root +Your own, /);
  });
});

describe('a trust root', () => {
  it('that is one’s own is not refreshed by Herald', async () => {
    expect(await herald('trust-root', 'refresh')).toMatchObject({ code: 1, err: expect.stringContaining('of its own') });
  });

  it('that cannot be read is a mistake in the configuration; one that cannot be trusted starts nothing (row 33)', async () => {
    await configure({ trustRoot: 'nowhere.json' });
    expect(await herald('config', 'check')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/verification\.trustRoot: .*nowhere\.json cannot be read/),
    });
    await writeFile(join(directory, 'half.json'), JSON.stringify({ ...JSON.parse(upstream.trustRoot), ctlogs: [] }));
    await configure({ trustRoot: 'half.json' });
    expect(await herald('check')).toMatchObject({ code: 1, err: expect.stringContaining('trusted root') });
  });
});
