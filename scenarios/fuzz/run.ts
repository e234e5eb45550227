// `npm run fuzz -- --runs 100000 --seed 7 --protocol "Events API"`: a campaign by hand, of all protocols or of those whose name has this in it.
// `--seconds` ends it earlier. Exit code 1 when something did not hold.
import { parseArgs } from 'node:util'
import { campaign } from './campaign.ts'
import { protocols } from './protocols.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: 'Infinity' },
    protocol: { type: 'string', default: '' },
  },
})
const only = protocols.filter(({ name }) => name.toLowerCase().includes(values.protocol.toLowerCase()))
if (only.length === 0) throw new Error(`there is no protocol ${values.protocol}; there are ${protocols.map(({ name }) => name).join(', ')}`)
const began = performance.now()
const { failure, ...outcome } = await campaign({
  seed: Number(values.seed),
  runs: Number(values.runs),
  seconds: Number(values.seconds),
  only,
})
const seconds = ((performance.now() - began) / 1000).toFixed(0)
process.stdout.write(
  `${only.map(({ name }) => name).join(', ')}, seed ${values.seed}: ${outcome.runs} requests in ${seconds} s, ${outcome.refused} refused, ${outcome.valid} valid events between them, ${outcome.late} answered late\n`,
)
if (failure !== undefined) process.stdout.write(`${failure}\n`)
process.exit(failure === undefined ? 0 : 1)
