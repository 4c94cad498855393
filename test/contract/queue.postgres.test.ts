/** The queue in a database server keeps the contract. */
import { postgres } from '../support/databases.ts';
import { queueOn } from '../support/queues.ts';
import { queueBehaviour } from './queue.behaviour.ts';

queueBehaviour(queueOn(await postgres()));
