// The command line: what runs on this machine, and a verb for each operation of the product.
import { Command, Option } from 'commander'
import { version } from './version.ts'

export function program(): Command {
  const tocsin = new Command('tocsin').description('Incident management: pages, incidents, runbooks, updates, reviews').version(version).showHelpAfterError()
  tocsin
    .command('serve')
    .description('run a node: web, worker, or both')
    .addOption(new Option('--only <role>', 'run only this role').choices(['web', 'worker']))
    .action(async (options: { only?: 'web' | 'worker' }) => (await import('./serve.ts')).serve(options))
  return tocsin
}
