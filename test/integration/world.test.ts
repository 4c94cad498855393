/** The recorded upstream answers as quay.io and GitHub do: whoever trusts a test that runs on it trusts these shapes. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { instant } from '../../src/core/time.ts';
import { BASELINE_AT, MONDAY, play, TIMELINE } from '../world/timeline.ts';
import { startUpstream, type Upstream } from '../world/upstream.ts';

const AFTER_EVERYTHING = instant('2026-10-01T00:00:00Z');
const HADRON = 'kairos/hadron';
const V410 = 'v0.2.0-core-amd64-generic-v4.1.0';

const Tags = z.strictObject({
  page: z.int(),
  has_additional: z.boolean(),
  tags: z.array(
    z.strictObject({
      name: z.string(),
      reversion: z.boolean(),
      start_ts: z.int(),
      end_ts: z.int().optional(),
      manifest_digest: z.stringFormat('digest', /^sha256:[0-9a-f]{64}$/),
      is_manifest_list: z.boolean(),
      size: z.int().nullable(),
      last_modified: z.stringFormat('rfc2822', /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} -0000$/),
      expiration: z.string().optional(),
    }),
  ),
});
const Releases = z.array(
  z.object({
    tag_name: z.string(),
    html_url: z.url(),
    body: z.string(),
    prerelease: z.boolean(),
    draft: z.boolean(),
    published_at: z.iso.datetime(),
    assets: z.array(z.object({ name: z.string(), size: z.int(), digest: z.string(), browser_download_url: z.url() })),
  }),
);
const Descriptor = z.object({ digest: z.string(), size: z.int(), mediaType: z.string() });
const Index = z.object({ manifests: z.array(Descriptor.extend({ platform: z.object({ architecture: z.string(), os: z.string() }) })) });
const Manifest = z.object({ config: Descriptor, layers: z.array(Descriptor) });
const Token = z.object({ token: z.string() });

let upstream: Upstream;
beforeEach(async () => {
  upstream = await startUpstream({ now: BASELINE_AT, slowMs: 300 });
});
afterEach(() => upstream.close());

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(new URL(path, upstream.origin), { headers, redirect: 'manual' });

async function quayTags(query: string, repository = HADRON) {
  const response = await get(`/api/v1/repository/${repository}/tag/?${query}`);
  expect(response.status).toBe(200);
  return Tags.parse(await response.json());
}

async function releases(query = '') {
  return Releases.parse(await (await get(`/repos/kairos-io/kairos/releases?${query}`)).json());
}

/** Reads /v2 as a client does that begins without a token. */
async function pull(path: string): Promise<Response> {
  const refused = await get(path);
  expect(refused.status).toBe(401);
  const challenge = refused.headers.get('www-authenticate') ?? '';
  const [realm, service, scope] = [...challenge.matchAll(/="([^"]*)"/g)].map((match) => match[1] ?? '');
  expect(challenge.startsWith('Bearer realm="')).toBe(true);
  const { token } = Token.parse(await (await get(`${realm}?service=${service}&scope=${scope}`)).json());
  return get(path, { authorization: `Bearer ${token}` });
}

describe("Quay's tag listing", () => {
  it('is newest first, fifty a page, and says whether there is more', async () => {
    const first = await quayTags('');
    expect(first.tags).toHaveLength(50);
    expect(first).toMatchObject({ page: 1, has_additional: true });
    const starts = first.tags.map((tag) => tag.start_ts);
    expect(starts).toEqual([...starts].sort((a, b) => b - a));
  });

  it.each([
    ['never gives more than 100', 'limit=1000', 100],
    ['narrows by eq:', `filter_tag_name=eq:${V410}`, 1],
    ['narrows by like:', 'filter_tag_name=like:core-amd64-generic-v4.1.0', 4],
    ['narrows by specificTag', `specificTag=${V410}`, 1],
    ['knows no such tag', 'specificTag=v9.9.9', 0],
  ])('%s', async (_behaviour, query, count) => {
    expect((await quayTags(query)).tags).toHaveLength(count);
  });

  it('gives every row exactly once over its pages', async () => {
    const names: string[] = [];
    for (let page = 1, more = true; more; page += 1) {
      const { tags, has_additional } = await quayTags(`limit=100&page=${page}&onlyActiveTags=true`);
      names.push(...tags.map((tag) => tag.name));
      more = has_additional;
    }
    expect(new Set(names).size).toBe(names.length);
    expect(names).toHaveLength(upstream.liveTags(HADRON).length);
  });

  it('keeps the dead row of a tag that was pushed again, and leaves it out of the active ones', async () => {
    const before = (await quayTags(`specificTag=${V410}`)).tags;
    upstream.repush(HADRON, V410);
    const [live, dead, ...rest] = (await quayTags(`specificTag=${V410}`)).tags;
    expect(rest).toEqual([]);
    expect(live?.end_ts).toBeUndefined();
    expect(dead).toMatchObject({ manifest_digest: before[0]?.manifest_digest, end_ts: live?.start_ts });
    expect(live?.manifest_digest).not.toBe(dead?.manifest_digest);
    expect((await quayTags(`specificTag=${V410}&onlyActiveTags=true`)).tags).toHaveLength(1);
  });

  it('keeps the dead row of a deleted tag', async () => {
    upstream.remove(HADRON, V410);
    expect((await quayTags(`specificTag=${V410}`)).tags).toMatchObject([{ name: V410, end_ts: expect.any(Number) }]);
    expect((await quayTags(`specificTag=${V410}&onlyActiveTags=true`)).tags).toEqual([]);
  });

  it.each([
    ['an unknown repository is not found', '/api/v1/repository/kairos/nothing/tag/', 404],
    ['an unknown filter operation is refused', `/api/v1/repository/${HADRON}/tag/?filter_tag_name=match:v4`, 400],
  ])('%s', async (_behaviour, path, status) => {
    expect((await get(path)).status).toBe(status);
  });
});

describe('the Distribution API', () => {
  it('lists the live tags in lexical order, at most 100 a page, each page linking to the next', async () => {
    const names: string[] = [];
    let next: string | undefined = `/v2/${HADRON}/tags/list?n=1000`;
    let pages = 0;
    while (next !== undefined) {
      const response: Response = await pull(next);
      const { tags } = z.object({ tags: z.array(z.string()).max(100) }).parse(await response.json());
      names.push(...tags);
      next = response.headers.get('link')?.match(/^<([^>]+)>; rel="next"$/)?.[1];
      pages += 1;
    }
    expect(pages).toBeGreaterThan(1);
    expect(names).toEqual([...names].sort((a, b) => (a < b ? -1 : 1)));
    expect(new Set(names)).toEqual(new Set(upstream.liveTags(HADRON).map((life) => life.tag)));
  });

  it('serves an index, its platform manifest and its config as bytes that hash to their digests', async () => {
    async function read(path: string, digest: string): Promise<unknown> {
      const response = await pull(path);
      expect(response.headers.get('docker-content-digest')).toBe(digest);
      const location = response.headers.get('location');
      const bytes = Buffer.from(await (location === null ? response : await get(location)).arrayBuffer());
      expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(digest);
      return JSON.parse(bytes.toString());
    }
    const digest = (await quayTags(`specificTag=${V410}`)).tags[0]?.manifest_digest ?? '';
    const index = Index.parse(await read(`/v2/${HADRON}/manifests/${V410}`, digest));
    expect(index.manifests.slice(0, 1)).toMatchObject([{ platform: { architecture: 'amd64', os: 'linux' } }]);
    const platform = index.manifests[0]?.digest ?? '';
    const manifest = Manifest.parse(await read(`/v2/${HADRON}/manifests/${platform}`, platform));
    expect(await read(`/v2/${HADRON}/blobs/${manifest.config.digest}`, manifest.config.digest)).toMatchObject({ architecture: 'amd64' });
    expect(manifest.layers[0]?.size).toBeGreaterThan(100_000_000);
  });

  it('has a signature tag beside every image', async () => {
    const tags = upstream.liveTags(HADRON);
    const names = new Set(tags.map((life) => life.tag));
    const unsigned = tags.filter((life) => life.isIndex && !names.has(`${life.digest.replace(':', '-')}.sig`));
    expect(unsigned).toEqual([]);
  });

  it('tells a deleted tag from one that never was', async () => {
    upstream.remove(HADRON, V410);
    expect(await (await pull(`/v2/${HADRON}/manifests/${V410}`)).json()).toMatchObject({ errors: [{ code: 'TAG_EXPIRED' }] });
    expect(await (await pull(`/v2/${HADRON}/manifests/never`)).json()).toMatchObject({ errors: [{ code: 'MANIFEST_UNKNOWN' }] });
  });

  it('does not take the token of another repository', async () => {
    const { token } = Token.parse(await (await get('/v2/auth?scope=repository:kairos/ubuntu:pull')).json());
    expect((await get(`/v2/${HADRON}/tags/list`, { authorization: `Bearer ${token}` })).status).toBe(401);
    expect((await get('/v2/auth')).status).toBe(401);
  });
});

describe("GitHub's releases", () => {
  it('come thirty a page unless asked otherwise, with links to the others', async () => {
    upstream.at = AFTER_EVERYTHING;
    const response = await get('/repos/kairos-io/kairos/releases?per_page=10&page=2');
    expect(Releases.parse(await response.json())).toHaveLength(10);
    expect(response.headers.get('link')).toContain('page=3>; rel="next"');
    expect(response.headers.get('link')).toContain('page=1>; rel="prev"');
    const versions = (await releases('per_page=50')).map((release) => release.tag_name);
    expect(versions).toEqual(upstream.pages());
    expect(versions.slice(0, 2)).toEqual(['v4.3.0', 'v4.2.0']);
    expect(versions).not.toContain('v4.2.0-rc2');
  });

  it('answer more than fifty a page with a gateway timeout in HTML', async () => {
    const response = await get('/repos/kairos-io/kairos/releases?per_page=100');
    expect(response.status).toBe(504);
    expect(response.headers.get('content-type')).toContain('text/html');
  });

  it('answer 304 to a known ETag until something changes', async () => {
    const etag = (await get('/repos/kairos-io/kairos/releases')).headers.get('etag') ?? '';
    const again = (): Promise<Response> => get('/repos/kairos-io/kairos/releases', { 'if-none-match': etag });
    expect((await again()).status).toBe(304);
    upstream.editBody('v4.1.0', 'Rewritten.');
    expect((await again()).status).toBe(200);
    expect((await releases())[0]).toMatchObject({ tag_name: 'v4.1.0', body: 'Rewritten.' });
  });

  it('list the eleven ISO files of v4.3.0 with their side files, the plus sign encoded in the address', async () => {
    upstream.at = AFTER_EVERYTHING;
    const assets = (await releases()).find((release) => release.tag_name === 'v4.3.0')?.assets ?? [];
    expect(assets).toHaveLength(55);
    expect(assets.filter(({ name }) => name.endsWith('.iso'))).toHaveLength(11);
    expect(assets.find(({ name }) => name === 'kairos-hadron-v0.5.1-core-amd64-generic-v4.3.0.iso')?.digest).toBe(
      'sha256:2d126227e6297682231984bfa0ee8d5084a621967f3c5afe8edeea77fcc46c3f',
    );
    expect(assets.some(({ browser_download_url }) => browser_download_url.includes('k3sv1.36.4%2Bk3s1.iso'))).toBe(true);
  });
});

describe("the world's clock", () => {
  const live = (): string[] => upstream.liveTags(HADRON).map((life) => life.tag);

  it('reveals v4.1.2 in pieces: an empty page, core images, standard images, notes', async () => {
    const seen: { placeholder: boolean; core: number; standard: number }[] = [];
    for (const step of TIMELINE.slice(1, 5)) {
      play(upstream, step);
      const page = (await releases()).find((release) => release.tag_name === 'v4.1.2');
      const images = live().filter((tag) => tag.includes('-v4.1.2'));
      seen.push({
        placeholder: page?.body === 'Release v4.1.2',
        core: images.filter((tag) => tag.includes('-core-')).length,
        standard: images.filter((tag) => tag.includes('-standard-')).length,
      });
    }
    expect(seen).toEqual([
      { placeholder: true, core: 0, standard: 0 },
      { placeholder: true, core: 4, standard: 0 },
      { placeholder: true, core: 4, standard: 8 },
      { placeholder: false, core: 4, standard: 8 },
    ]);
  });

  it('plays the whole story: every step but a Monday shows something that was not there before', async () => {
    const state = async () => JSON.stringify([upstream.liveTags(HADRON), await releases('per_page=50')]);
    let before = await state();
    for (const step of TIMELINE) {
      play(upstream, step);
      if (step.says === MONDAY) continue;
      const after = await state();
      expect(after, step.says).not.toBe(before);
      before = after;
    }
    expect(upstream.at < AFTER_EVERYTHING).toBe(true);
  });

  it('shows nothing of the future, and does not go back', () => {
    expect(live().some((tag) => /v4\.1\.2|v4\.2|v4\.3/.test(tag))).toBe(false);
    expect(() => {
      upstream.at = instant('2026-01-01T00:00:00Z');
    }).toThrow(/only goes forward/);
  });

  it.each([
    ['hadron', 'v0.4.0-standard-amd64-generic-v4.1.2-k3s-v1.34.8-k3s1'],
    ['hadron', 'v0.5.1-standard-arm64-rpi4-v4.2.0-k3s-v1.36.3-k3s1'],
    ['hadron', 'v0.5.1-core-amd64-generic-v4.2.0-uki'],
    ['hadron', 'v0.5.1-standard-amd64-generic-v4.3.0-k0s-v1.36.4-k0s.0'],
    ['hadron', 'latest'],
    ['rockylinux', '9-standard-amd64-generic-v3.7.2-k3s-v1.35.0-k3s3'],
    ['ubuntu', '24.04-standard-amd64-generic-v3.7.2-k0s-v1.34.3-k0s.0'],
    ['ubuntu', '22.04-core-arm64-nvidia-jetson-agx-orin-v3.7.2'],
    ['opensuse', 'leap-15.6-core-arm64-rpi4-v3.7.2'],
    ['alpine', '3.21-core-amd64-generic-v3.7.2'],
    ['debian', '13-core-amd64-generic-v3.7.2'],
    ['fedora', '40-standard-arm64-generic-v3.7.2-k3s-v1.35.0-k3s3'],
  ])('ends with the published tag %s:%s', (name, tag) => {
    upstream.at = AFTER_EVERYTHING;
    expect(upstream.liveTags(`kairos/${name}`).map((life) => life.tag)).toContain(tag);
  });

  it('has no image of another flavor after v3.7.2', () => {
    upstream.at = AFTER_EVERYTHING;
    const later = ['alpine', 'debian', 'fedora', 'opensuse', 'rockylinux', 'ubuntu'].flatMap((name) =>
      upstream.liveTags(`kairos/${name}`).filter(({ isIndex, tag }) => isIndex && !tag.includes('-v3.7.2')),
    );
    expect(later).toEqual([]);
  });
});

describe('disturbances', () => {
  it('fail the next requests of one kind and then stop', async () => {
    upstream.failNext('504-html', 2, 'github-releases');
    const status = async (path: string): Promise<number> => (await get(path)).status;
    const github = '/repos/kairos-io/kairos/releases';
    expect(await status(`/api/v1/repository/${HADRON}/tag/`)).toBe(200);
    expect([await status(github), await status(github), await status(github)]).toEqual([504, 504, 200]);
  });

  it('reset the connection without an answer', async () => {
    upstream.failNext('reset', 1);
    await expect(get('/v2/')).rejects.toThrow('fetch failed');
  });

  it('are too many requests: GitHub says how long to wait, Quay does not', async () => {
    upstream.failNext('429', 2);
    const [github, quay] = [await get('/repos/kairos-io/kairos/releases'), await get(`/api/v1/repository/${HADRON}/tag/`)];
    expect([github.status, github.headers.get('retry-after')]).toEqual([429, '60']);
    expect([quay.status, quay.headers.get('retry-after')]).toEqual([429, null]);
  });

  it('outlast the patience of a client', async () => {
    upstream.failNext('slow', 1);
    const impatient = fetch(new URL('/v2/', upstream.origin), { signal: AbortSignal.timeout(50) });
    await expect(impatient).rejects.toThrow(/timeout/i);
  });

  it('are logged and counted beside the requests that were answered', async () => {
    upstream.failNext('429', 1);
    await get(`/api/v1/repository/${HADRON}/tag/?limit=1`);
    await get('/repos/kairos-io/kairos/releases');
    expect(upstream.counts()).toEqual({ 'quay-tags': 1, 'github-releases': 1 });
    expect(upstream.log.map(({ kind, failed }) => [kind, failed])).toEqual([
      ['quay-tags', '429'],
      ['github-releases', null],
    ]);
  });
});
