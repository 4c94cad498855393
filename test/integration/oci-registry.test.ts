/** The OCI client against a real registry. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMeter } from '../../src/adapters/http.ts';
import { createOciClient } from '../../src/adapters/oci/client.ts';
import { createOciSource } from '../../src/adapters/oci/source.ts';
import { type DockerRegistry, digestOf, probeDockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { serviceOrSkip } from '../support/services.ts';
import { clockAt, failureFrom, httpFor, nothingKnown, targetOf } from '../support/sources.ts';

const available = await serviceOrSkip('docker-registry', probeDockerRegistry);

const REPOSITORY = 'kairos/hadron';
const IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const LAYER = Buffer.from('a layer of the image');

describe.runIf(available)('a real registry', () => {
  let registry: DockerRegistry;
  let image: { schemaVersion: number; mediaType: string; config: unknown; layers: { digest: string; size: number }[] };
  let imageDigest = '';

  beforeAll(async () => {
    registry = await startDockerRegistry();
    const config = await registry.pushBlob(REPOSITORY, Buffer.from('{}'), 'application/vnd.oci.image.config.v1+json');
    const layer = await registry.pushBlob(REPOSITORY, LAYER, 'application/vnd.oci.image.layer.v1.tar+gzip');
    image = { schemaVersion: 2, mediaType: IMAGE, config, layers: [layer] };
    imageDigest = await registry.pushManifest(REPOSITORY, 'v0.5.1-core-amd64-generic-v4.3.0', image);
  });
  afterAll(() => registry.stop());

  function client(repository = REPOSITORY) {
    const meter = createMeter();
    const options = { http: httpFor(registry.origin), clock: clockAt(), meter, endpoint: registry.origin };
    return { meter, ...createOciClient({ ...options, repository: `registry.example/${repository}` }) };
  }

  it('gives a manifest by tag and by digest, and they are the same', async () => {
    const byTag = await client().manifest('v0.5.1-core-amd64-generic-v4.3.0');
    expect(byTag).toMatchObject({ kind: 'image', digest: imageDigest, mediaType: IMAGE });
    expect(await client().manifest(imageDigest)).toEqual(byTag);
  });

  it('gives an index with its platforms', async () => {
    const platform = { os: 'linux', architecture: 'amd64' };
    const manifests = [{ mediaType: IMAGE, digest: imageDigest, size: JSON.stringify(image).length, platform }];
    await registry.pushManifest(REPOSITORY, 'indexed', { schemaVersion: 2, mediaType: INDEX, manifests });
    expect(await client().manifest('indexed')).toMatchObject({ kind: 'index', manifests: [{ digest: imageDigest, platform }] });
  });

  it('gives a blob, checked', async () => {
    const manifest = await client().manifest(imageDigest);
    const [layer] = manifest.kind === 'image' ? manifest.layers : [];
    expect(layer?.digest).toBe(digestOf(LAYER));
    expect(Buffer.from(await client().blob({ digest: digestOf(LAYER), size: LAYER.length }))).toEqual(LAYER);
    const wrongSize = client().blob({ digest: digestOf(LAYER), size: LAYER.length + 1 });
    expect((await failureFrom(wrongSize)).code).toBe('DIGEST_MISMATCH');
  });

  it('lists all tags, each once, and the one that was deleted no more', async () => {
    const many = 'kairos/many';
    const config = await registry.pushBlob(many, Buffer.from('{}'), 'application/vnd.oci.image.config.v1+json');
    const names = Array.from({ length: 120 }, (_, index) => `v1.${index}`);
    for (const name of names) await registry.pushManifest(many, name, { ...image, config, layers: [], annotations: { name } });
    // This version of the registry answers all of them at once, though 100 were asked for.
    expect([...(await client(many).tags())].sort()).toEqual([...names].sort());

    const doomed = await client(many).manifest('v1.7');
    await registry.deleteManifest(many, doomed.digest);
    const source = createOciSource({ http: httpFor(registry.origin), clock: clockAt() });
    const observed = await source.observe(targetOf('oci', `registry.example/${many}`, registry.origin), null, nothingKnown);
    expect(observed.complete).toBe(true);
    expect(observed.observations.map(({ tag }) => tag)).not.toContain('v1.7');
    expect(observed.observations).toHaveLength(119);
  });

  it('answers "not found" for what is not there', async () => {
    expect((await failureFrom(client('kairos/unknown').tags())).code).toBe('NOT_FOUND');
    expect((await failureFrom(client().manifest('v9'))).code).toBe('NOT_FOUND');
    expect((await failureFrom(client().blob({ digest: digestOf('nothing'), size: 7 }))).code).toBe('NOT_FOUND');
  });
});
