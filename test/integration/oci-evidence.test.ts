/** The collector against real sockets: a real registry that holds all generations of Kairos' evidence, and one that lies about it. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvidenceSource } from '../../src/adapters/oci/evidence.ts';
import type { EvidencePiece } from '../../src/core/evidence.ts';
import { type DockerRegistry, probeDockerRegistry, REGISTRY_USER, startDockerRegistry } from '../support/docker-registry.ts';
import {
  answer,
  endInBody,
  endlessBody,
  type HostileServer,
  type Misbehaviour,
  resetInBody,
  startHostileServer,
} from '../support/hostile-server.ts';
import {
  BUNDLE,
  cosignTagOf,
  createLayout,
  IMAGE,
  INDEX,
  imageOf,
  indexOf,
  type Layout,
  pushAttested,
  pushBundle,
  pushFallback,
  pushIndex,
  pushLayout,
  pushSignature,
} from '../support/image-layout.ts';
import { serviceOrSkip } from '../support/services.ts';
import { clockAt, failureFrom, httpFor } from '../support/sources.ts';

const available = await serviceOrSkip('docker-registry', probeDockerRegistry);

const REPOSITORY = 'kairos/hadron';
const at = (origin: string, reference: string) => ({
  repository: `registry.example/${REPOSITORY}`,
  via: null,
  endpoint: origin,
  reference,
});
const contentOf = (piece: EvidencePiece | undefined) => Buffer.from(piece?.bytes ?? []).toString();

describe.runIf(available)('the evidence in a real registry', () => {
  let registry: DockerRegistry;
  const layout = createLayout();
  const attested = pushAttested(layout, 'v3.3.6');
  const indexed = pushIndex(layout, 'v4.2.0');
  const claim = pushSignature(layout, indexed.index);
  const bundled = pushIndex(layout, 'v4.3.0');
  const { bundle, referrer } = pushBundle(layout, bundled.index);
  pushFallback(layout, bundled.index, [referrer]);
  const unsigned = pushIndex(layout, 'v4.4.0');
  const astray = pushIndex(layout, 'v4.5.0');
  pushFallback(layout, astray.index, [referrer], BUNDLE);
  const crowded = layout.manifest(imageOf(layout, []), 'crowded');
  layout.manifest(
    imageOf(
      layout,
      Array.from({ length: 101 }, () => claim),
    ),
    cosignTagOf(crowded, '.sig'),
  );
  layout.manifest(indexOf([attested.image]), cosignTagOf(crowded, '.att'));

  beforeAll(async () => {
    registry = await startDockerRegistry();
    await pushLayout(registry, REPOSITORY, layout);
  });
  afterAll(() => registry.stop());

  const source = () => createEvidenceSource({ http: httpFor(registry.origin), clock: clockAt() });
  const collect = (reference: string) => source().collect(at(registry.origin, reference));

  it('is an attestation and an attached SBOM for a core image up to v3.3', async () => {
    const found = await collect('v3.3.6');
    expect(found).toMatchObject({ digest: attested.image.digest, form: 'image', broken: [], attachedSbom: true });
    expect(found.pieces).toMatchObject([{ kind: 'cosign-attestation', annotations: attested.envelope.annotations }]);
    expect(contentOf(found.pieces[0])).toBe('{"payload":"the SBOM of v3.3.6"}');
  });

  it('is a signature over an index with an SBOM inside for v3.4 to v4.2, by tag and by digest', async () => {
    const found = await collect('v4.2.0');
    expect(found).toMatchObject({
      digest: indexed.index.digest,
      form: 'index',
      platforms: [indexed.platform.digest],
      broken: [],
      attachedSbom: false,
    });
    expect(found.pieces).toMatchObject([{ kind: 'cosign-signature', annotations: claim.annotations }]);
    expect(found.statements).toMatchObject([
      { digest: indexed.sbom.digest, about: indexed.platform.digest },
      { digest: indexed.provenance.digest, about: indexed.platform.digest },
    ]);
    expect(await collect(indexed.index.digest)).toEqual(found);
  });

  it('is a bundle that refers to the index once it is signed by cosign 3', async () => {
    const found = await collect('v4.3.0');
    expect(found).toMatchObject({ digest: bundled.index.digest, broken: [], pieces: [{ kind: 'bundle', beside: bundled.index.digest }] });
    expect(contentOf(found.pieces[0])).toBe(layout.blobs.get(bundle.digest)?.content);
  });

  it('is none for an image that nobody signed', async () => {
    expect(await collect('v4.4.0')).toMatchObject({ digest: unsigned.index.digest, pieces: [], broken: [], attachedSbom: false });
  });

  it('takes as many requests as it says; that there are no lists of referrers is found out once', async () => {
    const one = source();
    const costs: number[] = [];
    for (const tag of ['v3.3.6', 'v4.2.0', 'v4.3.0']) costs.push((await one.collect(at(registry.origin, tag))).requests);
    expect(costs).toEqual([6 + 1, 8, 9]);
  });

  it('is refused when it belongs to another image, is too much or of the wrong form', async () => {
    expect((await collect('v4.5.0')).broken).toMatchObject([{ fault: 'SUBJECT', beside: astray.index.digest }]);
    const { pieces, broken } = await collect('crowded');
    expect(pieces).toEqual([]);
    expect(broken.map(({ fault, name }) => [fault, name.slice(-4)])).toEqual([
      ['TOO_MANY', '.sig'],
      ['MALFORMED', '.att'],
    ]);
  });

  it('is not there for an image that is not', async () => {
    expect((await failureFrom(collect('v9'))).code).toBe('NOT_FOUND');
  });
});

describe.runIf(available)('evidence in a registry with a login', () => {
  it('is read by who has it, and an error for everybody else', async () => {
    const registry = await startDockerRegistry({ login: true });
    try {
      const layout = createLayout();
      pushAttested(layout, 'v3.3.6');
      await pushLayout(registry, REPOSITORY, layout);
      const [http, clock] = [httpFor(registry.origin), clockAt()];
      const login = { kind: 'password', ...REGISTRY_USER, from: 'USER and PASSWORD' } as const;
      const accessTo = () => ({ plainHttp: true, tokenServices: [], login });
      const found = await createEvidenceSource({ http, clock, accessTo }).collect(at(registry.origin, 'v3.3.6'));
      expect(found.pieces).toHaveLength(1);
      const refused = createEvidenceSource({ http, clock }).collect(at(registry.origin, 'v3.3.6'));
      expect((await failureFrom(refused)).code).toBe('UNAUTHORIZED');
    } finally {
      await registry.stop();
    }
  });
});

describe('a registry that lies about evidence', () => {
  const layout = createLayout();
  const { index, attestation, sbom } = pushIndex(layout, 'v4.2.0');
  const claim = pushSignature(layout, index);
  const { bundle, referrer } = pushBundle(layout, index);

  /** All of the layout, except for one path. */
  const serverWith = (path: string, misbehave: Misbehaviour) =>
    startHostileServer((asked) => (asked === `/v2/${REPOSITORY}/${path}` ? misbehave : honestly(layout, asked)));
  const collectFrom = ({ origin }: HostileServer) =>
    createEvidenceSource({ http: httpFor(origin), clock: clockAt() }).collect(at(origin, 'v4.2.0'));

  it('and does not, gives all of it', async () => {
    await using server = await serverWith('', honestly(layout, ''));
    expect(await collectFrom(server)).toMatchObject({
      pieces: [{ kind: 'cosign-signature' }, { kind: 'bundle' }],
      broken: [],
      requests: 10,
    });
  });

  const PLACES = {
    'the signatures': `manifests/${cosignTagOf(index, '.sig')}`,
    'the attestations': `manifests/${cosignTagOf(index, '.att')}`,
    'the referrers': `referrers/${index.digest}`,
    'a referrer': `manifests/${referrer.digest}`,
    'the signed bytes': `blobs/${claim.digest}`,
    'a bundle': `blobs/${bundle.digest}`,
    'the attestation manifest': `manifests/${attestation.digest}`,
    'an SBOM': `blobs/${sbom.digest}`,
  };
  const LIES: readonly (readonly [what: string, lie: Misbehaviour, code: RegExp])[] = [
    ['without end', endlessBody('200 OK'), /^TOO_LARGE$/],
    ['half', endInBody, /^(NETWORK|TOO_LARGE)$/],
    ['half, and then resets', resetInBody, /^(NETWORK|TOO_LARGE)$/],
    ['packed', answer('200 OK', [`content-type: ${IMAGE}`, 'content-encoding: gzip'], 'x'), /^BAD_ENCODING$/],
    ['not, for it is down', answer('503 Service Unavailable', []), /^UPSTREAM_UNAVAILABLE$/],
    ['not, for it is asked too often', answer('429 Too Many Requests', ['retry-after: 5']), /^RATE_LIMITED$/],
    ['at the address of cloud metadata', answer('307 Go', ['location: http://169.254.169.254/']), /^(FORBIDDEN_ADDRESS|BAD_REDIRECT)$/],
    ['at a name that leads inside', answer('307 Go', ['location: https://localhost/']), /^(FORBIDDEN_ADDRESS|BAD_REDIRECT)$/],
  ];
  const cases = Object.entries(PLACES).flatMap(([place, path]) => LIES.map(([what, lie, code]) => ({ place, path, what, lie, code })));

  it.each(cases)('and gives $place $what, gives an error and no evidence', async ({ path, lie, code }) => {
    await using server = await serverWith(path, lie);
    expect((await failureFrom(collectFrom(server))).code).toMatch(code);
  });

  it.each(['a referrer', 'the signed bytes', 'a bundle', 'the attestation manifest', 'an SBOM'] as const)(
    'and gives other content for %s, is found out',
    async (place) => {
      const other = JSON.stringify(imageOf(layout, [claim]));
      const type = `content-type: ${place.includes('manifest') || place === 'a referrer' ? IMAGE : 'application/octet-stream'}`;
      await using server = await serverWith(PLACES[place], answer('200 OK', [type], other));
      expect((await failureFrom(collectFrom(server))).code).toMatch(/^(DIGEST_MISMATCH|TOO_LARGE)$/);
    },
  );
});

describe('a look that failed', () => {
  it('asks for nothing more', async () => {
    const layout = createLayout();
    const image = layout.manifest(imageOf(layout, []), 'v4.2.0');
    for (let nr = 0; nr < 20; nr += 1) pushBundle(layout, image, `bundle ${nr}`);
    const path = `/v2/${REPOSITORY}/manifests/${cosignTagOf(image, '.sig')}`;
    await using server = await startHostileServer((asked) => (asked === path ? answer('503 Busy', []) : honestly(layout, asked)));
    await failureFrom(createEvidenceSource({ http: httpFor(server.origin), clock: clockAt() }).collect(at(server.origin, 'v4.2.0')));
    // Long enough for what was under way to go on.
    await pause(100);
    expect(server.requests.length).toBeLessThan(8);
  });
});

/** What an honest registry with lists of referrers would say. */
function honestly(layout: Layout, asked: string): Misbehaviour {
  const [kind, name = ''] = asked.slice(`/v2/${REPOSITORY}/`.length).split('/');
  const body = layout.manifests.get(name);
  if (kind === 'referrers') return answer('200 OK', [`content-type: ${INDEX}`], JSON.stringify(layout.referrersOf(name)));
  if (kind === 'blobs') return answer('200 OK', [], layout.blobs.get(name)?.content);
  if (body !== undefined) return answer('200 OK', [`content-type: ${body.mediaType}`], JSON.stringify(body));
  return answer('404 Not Found', ['content-type: application/json'], '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
}
