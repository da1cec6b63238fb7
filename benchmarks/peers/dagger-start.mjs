// The least that a script on the Dagger SDK costs: its import, a session, one question.
import { connect } from '@dagger.io/dagger';

await connect(async (client) => void (await client.version()));
process.exit(0);
