// The program. `tocsin serve` runs a node; every command of the product is a verb.
import { program } from './cli.ts'

await program().parseAsync()
