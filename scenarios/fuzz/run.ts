// `npm run fuzz -- --runs 100000 --seed 7`: a campaign by hand. Exit code 1 when something did not hold.
import { parseArgs } from 'node:util'
import { campaign } from './campaign.ts'

const { values } = parseArgs({ options: { runs: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } } })
const { failure, ...outcome } = await campaign({ seed: Number(values.seed), runs: Number(values.runs), seconds: Infinity })
process.stdout.write(
  `seed ${values.seed}: ${outcome.runs} requests, ${outcome.refused} refused, ${outcome.valid} valid events between them\n`,
)
if (failure !== undefined) process.stdout.write(`${failure}\n`)
process.exit(failure === undefined ? 0 : 1)
