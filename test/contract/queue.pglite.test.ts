/** The queue inside the embedded database keeps the contract. */

import { pglite } from '../support/databases.ts';
import { queueOn } from '../support/queues.ts';
import { queueBehaviour } from './queue.behaviour.ts';

queueBehaviour(queueOn(pglite));
