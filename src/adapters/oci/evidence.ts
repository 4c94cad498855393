/**
 * Everything that lies beside an image in its registry and may prove where it comes from. The reference is resolved once; from there on
 * everything is asked for by digest, or by a tag that is made of it. What could not be looked at is an error, never a gap.
 *
 * What it costs at the registry, for an image of Kairos: 6 requests for a core image of v2.0 to v3.3 (with `.att` and `.sbom`), 8 for one
 * from v3.4 on (an index with SBOM and provenance, and `.sig`), 9 once it is signed by cosign 3 (a bundle among the referrers, which has a
 * manifest of its own). A registry that asks for a token adds 2 until it has expired, one without lists of referrers adds 1 in an hour,
 * and where blobs are kept elsewhere each of them (1 to 3) is one more request there.
 */
import { HeraldError } from '../../core/errors.ts';
import type { BrokenEvidence, CollectedEvidence, EvidencePiece, IndexStatement } from '../../core/evidence.ts';
import { splitRepository } from '../../core/repository.ts';
import type { Clock, EvidenceSource, ImageLocation } from '../../ports.ts';
import { createMeter, type Http } from '../http.ts';
import type { AccessTo } from './access.ts';
import { createAdmissions } from './admissions.ts';
import { createOciClient, type OciClient } from './client.ts';
import { createErrands } from './errands.ts';
import { broken } from './evidence-manifests.ts';
import { cosignTag, type FoundPiece, lookBeside } from './evidence-places.ts';
import { type FoundStatement, lookInside, platformsOf } from './evidence-statements.ts';
import { createReferrers, type ListReferrers } from './referrers.ts';
import { createShelf, MAX_BLOB_BYTES, MAX_SHELF_BYTES, type Shelf } from './shelf.ts';

export interface EvidenceSourceDeps {
  readonly http: Http;
  readonly clock: Clock;
  readonly accessTo?: AccessTo;
}

export function createEvidenceSource(deps: EvidenceSourceDeps): EvidenceSource {
  const admissions = createAdmissions();
  const referrers = createReferrers(deps.clock);
  return {
    async collect(image) {
      const meter = createMeter();
      const repository = image.via ?? image.repository;
      const client = createOciClient({ ...deps, admissions, meter, repository, endpoint: image.endpoint });
      const errands = createErrands(client, meter);
      try {
        const look = { client: errands.client, listReferrers: referrers.at(registryOf(image)) };
        return { ...(await collect(look, image.reference)), requests: meter.requests };
      } finally {
        errands.end();
      }
    },
  };
}

/** How one look is done. */
interface Look {
  readonly client: OciClient;
  readonly listReferrers: ListReferrers;
}

/** Of an index without evidence of its own. More of them cannot be looked at politely, so that is an error. */
const MAX_PLATFORMS = 16;
/** BuildKit's provenance has some KiB; of other statements nothing is shown. */
const MAX_OTHER_STATEMENT_BYTES = 1024 * 1024;

async function collect(look: Look, reference: string): Promise<Omit<CollectedEvidence, 'requests'>> {
  const image = await look.client.manifest(reference);
  const { digest, kind: form } = image;
  const platforms = platformsOf(image);
  const [own, inside] = await Promise.all([lookBeside(look.client, look.listReferrers, digest), lookInside(look.client, image)]);
  // What is over the whole says more than what is over a part, and Kairos signs the whole: the parts are asked for when there is nothing else.
  const parts = own.some(isPiece) ? [] : upTo(MAX_PLATFORMS, platforms);
  const below = await Promise.all(parts.map((part) => lookBeside(look.client, look.listReferrers, part)));

  const beside = distinct([...own, ...below.flat()]);
  const statements = inside.filter((found) => found.kind === 'statement');
  const shelf = createShelf(look.client);
  const [fetched, read, attachedSbom] = await Promise.all([
    Promise.all(beside.map((found) => (found.kind === 'broken' ? found : fetchPiece(shelf, found)))),
    Promise.all(statements.map((found) => fetchStatement(shelf, found))),
    // Nothing vouches for the tag: beside an SBOM inside the index it says nothing.
    statements.some(({ isSbom }) => isSbom) ? false : hasSbomTag(look.client, [digest, ...parts]),
  ]);
  return {
    digest,
    form,
    platforms,
    pieces: fetched.filter((piece) => piece.kind !== 'broken'),
    broken: [...fetched, ...inside].filter((found) => found.kind === 'broken'),
    statements: read,
    attachedSbom,
  };
}

function isPiece(found: FoundPiece | BrokenEvidence): found is FoundPiece {
  return found.kind !== 'broken';
}

function upTo(limit: number, platforms: readonly string[]): readonly string[] {
  if (platforms.length <= limit) return platforms;
  throw new HeraldError('TOO_MANY', `Nothing is beside the index itself, and it holds ${platforms.length} images; ${limit} are looked at.`);
}

/** The same piece may be listed twice, or beside two digests that it speaks of: it is one. */
function distinct<T extends { readonly id: string }>(found: readonly T[]): readonly T[] {
  return found.filter(({ id }, index) => found.findIndex((other) => other.id === id) === index);
}

async function fetchPiece(shelf: Shelf, { kind, layer, ...origin }: FoundPiece): Promise<EvidencePiece | BrokenEvidence> {
  const bytes = shelf(layer, MAX_BLOB_BYTES);
  if (bytes === null) {
    const message = `it is not read: ${MAX_BLOB_BYTES} bytes are the most of one piece, and ${MAX_SHELF_BYTES} of one image`;
    return broken(origin, origin.id, 'TOO_LARGE', message);
  }
  if (kind === 'bundle') return { kind, ...origin, bytes: await bytes };
  return { kind, ...origin, bytes: await bytes, annotations: layer.annotations ?? {} };
}

async function fetchStatement(shelf: Shelf, { digest, about, predicateType, layer, isSbom }: FoundStatement): Promise<IndexStatement> {
  const bytes = shelf(layer, isSbom ? MAX_BLOB_BYTES : MAX_OTHER_STATEMENT_BYTES);
  return { digest, about, predicateType, bytes: await bytes };
}

/** Whether `cosign attach sbom` left something beside one of them. */
async function hasSbomTag(client: OciClient, digests: readonly string[]): Promise<boolean> {
  const told = await Promise.all(digests.map((digest) => client.digest(cosignTag(digest, '.sbom'))));
  return told.some(({ kind }) => kind !== 'absent');
}

/** By what it is asked as: the same registry under two names is remembered twice. */
function registryOf({ repository, via, endpoint }: ImageLocation): string {
  return endpoint ?? splitRepository(via ?? repository).host;
}
