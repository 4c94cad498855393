/** A real registry for one test file: Debian's `docker-registry` on a free port, with its storage in a folder that goes away with it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const PROGRAM = 'docker-registry';

export interface DockerRegistry {
  readonly origin: string;
  /** Uploads a blob and gives its descriptor. */
  pushBlob(repository: string, content: Buffer, mediaType: string): Promise<{ mediaType: string; digest: string; size: number }>;
  /** Uploads a manifest under a tag or digest and gives its digest. */
  pushManifest(repository: string, reference: string, manifest: { mediaType: string } & Record<string, unknown>): Promise<string>;
  deleteManifest(repository: string, digest: string): Promise<void>;
  stop(): Promise<void>;
}

/** Rejects when the program is not installed (Debian, Ubuntu: `apt-get install docker-registry`). */
export async function probeDockerRegistry(): Promise<void> {
  await promisify(execFile)(PROGRAM, ['--version']);
}

/** The one user of a registry that asks for a login. */
export const REGISTRY_USER = { username: 'robot', password: 'correct horse' };
/** The line of REGISTRY_USER in a password file: bcrypt, cost 5. */
const HTPASSWD = 'robot:$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2\n';

/** `login`: whether it serves REGISTRY_USER only, by Basic authentication. */
export async function startDockerRegistry({ login = false } = {}): Promise<DockerRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'herald-registry-'));
  const config = {
    version: 0.1,
    log: { level: 'info' },
    storage: { filesystem: { rootdirectory: folder }, delete: { enabled: true } },
    http: { addr: '127.0.0.1:0' },
    ...(login ? { auth: { htpasswd: { realm: 'Registry', path: join(folder, 'htpasswd') } } } : {}),
  };
  if (login) await writeFile(join(folder, 'htpasswd'), HTPASSWD);
  const basic = Buffer.from(`${REGISTRY_USER.username}:${REGISTRY_USER.password}`).toString('base64');
  const authorization = login ? { authorization: `Basic ${basic}` } : {};
  const file = join(folder, 'config.json');
  // The program wants YAML; JSON is YAML.
  await writeFile(file, JSON.stringify(config));
  const program = spawn(PROGRAM, ['serve', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const origin = await listeningOrigin(program);

  async function send(
    method: string,
    url: string,
    status: number,
    body?: string | Uint8Array<ArrayBuffer>,
    type = 'application/octet-stream',
  ): Promise<Response> {
    const response = await fetch(url, { method, body: body ?? null, headers: { 'content-type': type, ...authorization } });
    if (response.status !== status) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
    return response;
  }

  return {
    origin,
    async pushBlob(repository, content, mediaType) {
      const digest = digestOf(content);
      const begun = await send('POST', `${origin}/v2/${repository}/blobs/uploads/`, 202);
      const upload = new URL(begun.headers.get('location') ?? '', origin);
      upload.searchParams.set('digest', digest);
      await send('PUT', upload.href, 201, new Uint8Array(content));
      return { mediaType, digest, size: content.length };
    },
    async pushManifest(repository, reference, manifest) {
      const body = JSON.stringify(manifest);
      await send('PUT', `${origin}/v2/${repository}/manifests/${reference}`, 201, body, manifest.mediaType);
      return digestOf(body);
    },
    async deleteManifest(repository, digest) {
      await send('DELETE', `${origin}/v2/${repository}/manifests/${digest}`, 202);
    },
    async stop() {
      const ended = new Promise((resolve) => program.once('exit', resolve));
      program.kill();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

export function digestOf(content: Buffer | string): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** The port is chosen by the system; the log names it. */
function listeningOrigin(program: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = '';
    program.once('error', reject);
    program.once('exit', () => reject(new Error(`docker-registry ended:\n${log}`)));
    program.stderr?.on('data', (data: Buffer) => {
      log += data.toString();
      const port = /listening on 127\.0\.0\.1:([0-9]+)/.exec(log)?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    });
  });
}
