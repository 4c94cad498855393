/** What is inside an image, from its SBOM: a compact inventory by the digest of the image. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('CREATE TABLE inventory (digest text COLLATE "C" PRIMARY KEY, inventory jsonb NOT NULL)').execute(db);
}
