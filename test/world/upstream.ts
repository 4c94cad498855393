/**
 * The recorded upstream: quay.io and api.github.com as Kairos left them, on loopback, at any moment between two dates.
 * The demo and the end-to-end tests run Herald against it. Everything it shows is a function of its clock, which the caller advances.
 */
import Fastify from 'fastify';
import type { Instant } from '../../src/core/time.ts';
import { type Disturbances, disturb, type RequestKind } from './disturb.ts';
import { serveGithubApi } from './github-api.ts';
import { serveOciApi } from './oci-api.ts';
import { recordedPages } from './pages.ts';
import { serveQuayApi } from './quay-api.ts';
import { recordedRegistry, type TagLife } from './registry.ts';
import { worldTrustRoot } from './signatures.ts';

export interface Upstream extends Disturbances {
  /** What the signatures of this world are checked against: the text of a trusted_root.json. */
  readonly trustRoot: string;
  /** `http://127.0.0.1:<port>`: the endpoint of every target. */
  readonly origin: string;
  /** The world's time. Set it to a later moment to let things be published; setting it back throws. */
  at: Instant;
  /** Publishes a tag that history does not know, now. */
  push(repository: string, tag: string): void;
  /** Pushes other bytes under a live tag, now: same name, new digest. */
  repush(repository: string, tag: string): void;
  /** Keeps a tag from ever being pushed, unless `push` does it later. Its installer stays on the release page. */
  withhold(repository: string, tag: string): void;
  /** Deletes a live tag, now. */
  remove(repository: string, tag: string): void;
  /** Rewrites the notes of a published release page, now. */
  editBody(version: string, text: string): void;
  /** The live tags of a repository, newest first: the truth to compare with. */
  liveTags(repository: string): readonly TagLife[];
  /** The published release versions, newest first. */
  pages(): readonly string[];
  /** How many requests of each kind arrived since the start. */
  counts(): Readonly<Partial<Record<RequestKind, number>>>;
  close(): Promise<void>;
}

export interface UpstreamOptions {
  readonly now: Instant;
  /** How long a `slow` answer takes. */
  readonly slowMs?: number;
}

/** Starts the world at `now` on a free port of 127.0.0.1. */
export async function startUpstream({ now, slowMs = 20_000 }: UpstreamOptions): Promise<Upstream> {
  let at = now;
  const clock = (): Instant => at;
  const registry = recordedRegistry();
  const pages = recordedPages();
  const server = Fastify({ forceCloseConnections: true });
  const disturbances = disturb(server, slowMs);
  serveQuayApi(server, registry, clock);
  serveOciApi(server, registry, clock);
  serveGithubApi(server, pages, clock);
  const origin = await server.listen({ host: '127.0.0.1', port: 0 });

  return {
    ...disturbances,
    trustRoot: worldTrustRoot(),
    origin,
    get at() {
      return at;
    },
    set at(later: Instant) {
      if (later < at) {
        throw new RangeError(`the world's clock only goes forward: it is ${at}, asked for ${later}`);
      }
      at = later;
    },
    push: (repository, tag) => registry.push({ repository, tag, at, arch: 'amd64', variant: 'core', version: tag, iso: null }),
    repush: (repository, tag) => registry.repush(repository, tag, at),
    withhold: (repository, tag) => registry.withhold(repository, tag),
    remove: (repository, tag) => registry.remove(repository, tag, at),
    editBody: (version, text) => pages.edit(version, text, at),
    liveTags: (repository) => registry.lives(repository, at).filter((life) => life.end === null),
    pages: () => pages.at(at).map(({ version }) => version),
    counts: () => {
      const counts: Partial<Record<RequestKind, number>> = {};
      for (const { kind } of disturbances.log) {
        counts[kind] = (counts[kind] ?? 0) + 1;
      }
      return counts;
    },
    close: () => server.close(),
  };
}
