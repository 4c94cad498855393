/** The trust root through The Update Framework, from a mirror of our own: fetched, or refused with what to do next. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchTrustRoot } from '../../src/adapters/sigstore/tuf.ts';
import { rootFile } from '../support/checked-pieces.ts';
import { mockHost } from '../support/http-mock.ts';
import { createPrivateSigstore } from '../support/sigstore/private-sigstore.ts';
import { createTufRepository, type TufOptions } from '../support/tuf-repository.ts';

const MIRROR = 'https://tuf.private.example';
const TARGET = 'trusted_root.json';
const ROOT = rootFile(createPrivateSigstore());
const YESTERDAY = new Date(Date.now() - 24 * 3_600_000);

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'herald-tuf-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const fetching = (rootPath?: string) =>
  fetchTrustRoot({ mirror: MIRROR, cachePath: join(directory, 'cache'), ...(rootPath === undefined ? {} : { rootPath }) });

/** Serves a repository as far as `paths` goes, and gives the file with its first root. */
function serving(options: TufOptions & { readonly target?: Buffer; readonly paths?: number } = {}): string {
  const { root, files } = createTufRepository(TARGET, options.target ?? ROOT, options);
  const mirror = mockHost(MIRROR).get('/2.root.json').reply(404);
  for (const [path, bytes] of [...files].slice(0, options.paths)) mirror.get(path).reply(200, bytes);
  const rootPath = join(directory, 'root.json');
  writeFileSync(rootPath, root);
  return rootPath;
}

describe('the trust root of a mirror', () => {
  it('is fetched, and the state is for us alone', async () => {
    expect(await fetching(serving())).toBe(ROOT.toString('utf8'));
    expect(statSync(join(directory, 'cache')).mode & 0o777).toBe(0o700);
  });

  it('is read before anybody gets it', async () => {
    await expect(fetching(serving({ target: Buffer.from('{}') }))).rejects.toMatchObject({ code: 'TRUST_ROOT' });
  });

  it.each<[string, Parameters<typeof serving>[0]]>([
    ['a timestamp by somebody else', { forgedTimestamp: true, paths: 1 }],
    ['a timestamp that is over', { expires: { timestamp: YESTERDAY }, paths: 1 }],
    ['a root that is over', { expires: { root: YESTERDAY }, paths: 1 }],
  ])('is refused for %s', async (_, options) => {
    await expect(fetching(serving(options))).rejects.toMatchObject({
      code: 'TRUST_ROOT',
      message: expect.stringContaining('does not verify'),
      hint: expect.stringContaining('stays as it is'),
    });
  });

  it.each<[string, Parameters<typeof serving>[0]]>([
    ['a snapshot that is over', { expires: { snapshot: YESTERDAY }, paths: 2 }],
    ['targets that are over', { expires: { targets: YESTERDAY }, paths: 3 }],
  ])('is refused for %s, which the library does not tell from a bad connection', async (_, options) => {
    await expect(fetching(serving(options))).rejects.toMatchObject({ code: 'NETWORK' });
  });

  it.each([0, 1, 2, 3])('can be tried again when the mirror ends after %i files', async (paths) => {
    const rootPath = serving({ paths });
    mockHost(MIRROR).get(/.*/).reply(503);
    await expect(fetching(rootPath)).rejects.toMatchObject({ code: 'NETWORK', disposition: 'transient' });
  });

  it('can be tried again when nobody answers', async () => {
    const rootPath = serving({ paths: 0 });
    mockHost(MIRROR).get('/timestamp.json').replyWithError('connection refused');
    await expect(fetching(rootPath)).rejects.toMatchObject({ code: 'NETWORK' });
  });

  it('needs a first root that is known beforehand', async () => {
    await expect(fetching()).rejects.toMatchObject({ code: 'TRUST_ROOT', message: expect.stringContaining('no first root') });
  });

  it('needs a place for its state', async () => {
    const rootPath = join(directory, 'root.json');
    writeFileSync(rootPath, '');
    const nowhere = fetchTrustRoot({ mirror: MIRROR, cachePath: join(rootPath, 'cache'), rootPath });
    await expect(nowhere).rejects.toMatchObject({ code: 'TRUST_ROOT', message: expect.stringContaining('cannot be kept') });
  });
});
