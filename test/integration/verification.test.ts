/**
 * From a real registry to the verdict: images as each generation of Kairos' pipeline pushed and signed them, and as an attacker would, judged by
 * the identities that come with Herald. Only Sigstore is the tests' own.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvidenceSource } from '../../src/adapters/oci/evidence.ts';
import { createEvidenceChecker } from '../../src/adapters/sigstore/checker.ts';
import { judgedAt } from '../../src/app/assess-image.ts';
import type { Verification } from '../../src/app/deps.ts';
import { instant } from '../../src/core/time.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import { officialIdentities, settingsFrom } from '../../src/entry/config.ts';
import { type DockerRegistry, probeDockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { serviceOrSkip } from '../support/services.ts';
import { type KairosPeriod, type KairosSigning, kairosIdentity } from '../support/sigstore/kairos.ts';
import { createPrivateSigstore } from '../support/sigstore/private-sigstore.ts';
import { type Place, type PushedImage, pushAttachedSbom, pushCosign, pushImage, pushReferrers } from '../support/sigstore/push.ts';
import { cosignSignStatement, provenanceStatement, spdxDocument, spdxStatement } from '../support/sigstore/statements.ts';
import { clockAt, httpFor } from '../support/sources.ts';

const available = await serviceOrSkip('docker-registry', probeDockerRegistry);

const NOW = instant('2026-11-01T00:00:00Z');
const AT = new Date('2026-09-01T12:00:00Z');
const sigstore = createPrivateSigstore();

let registry: DockerRegistry;
let verification: Verification;

beforeAll(async () => {
  if (!available) return;
  registry = await startDockerRegistry();
  const checker = createEvidenceChecker({ trustRoot: Buffer.from(JSON.stringify(sigstore.trustedRoot)) });
  verification = {
    evidence: createEvidenceSource({ http: httpFor(registry.origin), clock: clockAt(NOW) }),
    checker: async () => checker,
    identities: settingsFrom([officialIdentities()]).verification.identities,
    identitiesHash: 'official',
    trustRoots: null,
  };
});
afterAll(() => registry?.stop());

/** What is pushed beside an image, and which reference is then asked about. */
interface Scene {
  readonly version: string;
  push(place: Place): Promise<string>;
}

/** An image with BuildKit's statements, as it is since v3.4.0; each scene has other content. */
function withSbom(place: Place, tag: string): Promise<PushedImage> {
  return pushImage(place, {
    tag,
    statements: (digest) => [spdxStatement({ digest }), provenanceStatement({ digest })],
  });
}

const signing = (version: string, period: KairosPeriod, how: KairosSigning = {}) => ({
  at: AT,
  identity: kairosIdentity(version, period, how),
});

/** An index that was signed with `cosign sign`, under its tag. */
function signedIndex(version: string, period: KairosPeriod, how: KairosSigning = {}, signedVersion = version): Scene {
  return {
    version,
    push: async (place) => {
      const { index } = await withSbom(place, version);
      await pushCosign(place, index.digest, 'sig', [
        sigstore.signImage(index.digest, place.repository, signing(signedVersion, period, how)),
      ]);
      return version;
    },
  };
}

/** A single image with an attested SBOM, as core images had it up to v3.3. */
function attested(version: string, period: KairosPeriod, entry: 'dsse-0.0.1' | 'intoto-0.0.1'): Scene {
  return {
    version,
    push: async (place) => {
      const { platform } = await pushImage(place, { tag: version });
      const statement = spdxStatement({ digest: platform.digest, predicate: 'string' });
      await pushCosign(place, platform.digest, 'att', [sigstore.attest(statement, { ...signing(version, period), entry })]);
      await pushAttachedSbom(place, platform.digest, spdxDocument());
      return platform.digest;
    },
  };
}

/** An index signed by cosign 3, which leaves a bundle among the referrers. */
function bundled(version: string, period: KairosPeriod, log: 'rekor-v1' | 'rekor-v2'): Scene {
  return {
    version,
    push: async (place) => {
      const { index } = await withSbom(place, version);
      const bundle = sigstore.bundle(cosignSignStatement({ digest: index.digest }), {
        ...signing(version, period),
        log,
        ...(log === 'rekor-v2' ? { timestamp: 'tsa' as const } : {}),
      });
      await pushReferrers(place, index, [{ bytes: bundle, predicateType: 'https://sigstore.dev/cosign/sign/v1' }]);
      return version;
    },
  };
}

const unsigned = (version: string): Scene => ({ version, push: async (place) => withSbom(place, version).then(() => version) });

/** A signature that belongs to another image, moved beside this one. */
const moved: Scene = {
  version: 'v4.2.0',
  push: async (place) => {
    const other = await withSbom(place, 'other');
    const { index } = await withSbom(place, 'v4.2.0');
    await pushCosign(place, index.digest, 'sig', [sigstore.signImage(other.index.digest, place.repository, signing('v4.2.0', 'D'))]);
    return 'v4.2.0';
  },
};

/** One good and one broken signature beside the same image. */
const mixed: Scene = {
  version: 'v4.2.0',
  push: async (place) => {
    const { index } = await withSbom(place, 'v4.2.0');
    const sign = (how: KairosSigning) => sigstore.signImage(index.digest, place.repository, signing('v4.2.0', 'D', how));
    await pushCosign(place, index.digest, 'sig', [sign({ repository: 'evil/kairos' }), sign({})]);
    return 'v4.2.0';
  },
};

/** An SBOM in the index that is about some other image. */
const strangeSbom: Scene = {
  version: 'v4.2.0',
  push: async (place) => {
    const other = `sha256:${'e'.repeat(64)}`;
    const { index } = await pushImage(place, { tag: 'v4.2.0', statements: () => [spdxStatement({ digest: other })] });
    await pushCosign(place, index.digest, 'sig', [sigstore.signImage(index.digest, place.repository, signing('v4.2.0', 'D'))]);
    return 'v4.2.0';
  },
};

type Row = readonly [what: string, scene: Scene, expected: object];

const verified = (what: string, scene: Scene, sbom: Verdict['sbom'], over: Verdict['over'], more: object = {}): Row => [
  what,
  scene,
  { state: 'verified', sbom, over, ...more },
];

const GENERATIONS: readonly Row[] = [
  verified('v2.0–v2.3: an SBOM attested in the old log format', attested('v2.3.0', 'B', 'intoto-0.0.1'), 'attested', 'image'),
  verified('v2.4–v3.3: an SBOM attested', attested('v3.3.6', 'B', 'dsse-0.0.1'), 'attested', 'image'),
  verified('v3.3 on arm64: signed by its own workflow', signedIndex('v3.3.6', 'B-arm'), 'in-signed-index', 'index'),
  verified('v3.4–v3.5.0: the index signed, the SBOM inside', signedIndex('v3.5.0', 'C'), 'in-signed-index', 'index'),
  verified('v3.5.1–v4.2: by the factory', signedIndex('v4.2.0', 'D'), 'in-signed-index', 'index', { rule: 'kairos-factory', cautions: [] }),
  verified('v4.3 on: by the workflow in its own repository', signedIndex('v4.3.0', 'E'), 'in-signed-index', 'index', {
    rule: 'kairos-own-factory',
  }),
  verified('cosign 3, the old log', bundled('v4.3.0', 'E', 'rekor-v1'), 'in-signed-index', 'index'),
  verified('cosign 3, the new log', bundled('v4.3.0', 'E', 'rekor-v2'), 'in-signed-index', 'index'),
  verified(
    'a commit of the factory nobody has looked at',
    signedIndex('v4.2.0', 'D', { factoryCommit: '1'.repeat(40) }),
    'in-signed-index',
    'index',
    { cautions: [{ kind: 'unknown-builder', builder: '1'.repeat(40) }] },
  ),
  ['nobody signed it', unsigned('v4.2.0'), { state: 'unsigned', sbom: 'unsigned', over: null }],
];

const rejected = (what: string, scene: Scene, fault: string): Row => [
  what,
  scene,
  { state: 'rejected', sbom: 'unsigned', over: null, refusals: [{ fault }] },
];

const ATTACKS: readonly Row[] = [
  rejected('(row 5) the public workflow, called by a stranger', signedIndex('v4.2.0', 'D', { repository: 'evil/kairos' }), 'POLICY'),
  rejected('(row 6) a branch of the right repository', signedIndex('v4.2.0', 'D', { ref: 'refs/heads/main' }), 'POLICY'),
  rejected('(row 6) the signature of another release', signedIndex('v4.2.0', 'D', {}, 'v4.1.2'), 'POLICY'),
  rejected('(row 1) the workflow of another period', signedIndex('v4.2.0', 'C'), 'POLICY'),
  rejected('a run that somebody started by hand', signedIndex('v4.2.0', 'D', { event: 'workflow_dispatch' }), 'POLICY'),
  rejected('(row 51) a signature copied from another image', moved, 'SUBJECT'),
  verified('(row 54) a good signature beside a wrong one', mixed, 'in-signed-index', 'index', {
    cautions: [{ kind: 'other-evidence', fault: 'POLICY' }],
  }),
  verified('(row 52) an SBOM about another image', strangeSbom, 'none', 'index', { cautions: [{ kind: 'sbom-of-another' }] }),
];

let repositories = 0;

async function judge({ version, push }: Scene): Promise<Verdict> {
  repositories += 1;
  const repository = `kairos/scene-${repositories}`;
  const reference = await push({ registry, repository });
  const { verdict } = await judgedAt(
    verification,
    { repository: `registry.example/${repository}`, via: null, endpoint: registry.origin, reference },
    'kairos',
    version,
    NOW,
  );
  return verdict;
}

describe.runIf(available)('an image of', () => {
  it.each(GENERATIONS)('%s', async (_, scene, expected) => {
    expect(await judge(scene)).toMatchObject(expected);
  });
});

describe.runIf(available)('an image with', () => {
  it.each(ATTACKS)('%s', async (_, scene, expected) => {
    expect(await judge(scene)).toMatchObject(expected);
  });
});

describe.runIf(available)('the same image', () => {
  it('is judged by the release it is asked about, never by what its certificate says', async () => {
    const repository = 'kairos/asked-twice';
    const { push } = signedIndex('v4.2.0', 'D');
    const reference = await push({ registry, repository });
    const location = { repository: `registry.example/${repository}`, via: null, endpoint: registry.origin, reference };
    expect((await judgedAt(verification, location, 'kairos', 'v4.2.0', NOW)).verdict).toMatchObject({ state: 'verified' });
    expect((await judgedAt(verification, location, 'kairos', 'v4.1.2', NOW)).verdict).toMatchObject({ state: 'rejected' });
    expect((await judgedAt(verification, location, 'edge-ubuntu', 'v4.2.0', NOW)).verdict).toMatchObject({
      state: 'unknown',
      unknown: { kind: 'no-policy' },
    });
  });
});
