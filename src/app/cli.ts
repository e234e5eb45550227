// The command line: what runs on this machine, a folder of configuration, and a verb for each operation of the product.
import { Command, Option } from 'commander'
import { applyFolder, checkFolder, exportFolder } from './cli/configuration.ts'
import { exitCodes, fail } from './cli/exit.ts'
import { serverOf } from './cli/server.ts'
import { addVerbs } from './cli/verbs.ts'
import type { WatchOptions } from './cli/watch.ts'
import type { VerifyOptions } from './cli/verify.ts'
import { version } from './version.ts'
import { catalogue } from './wiring.ts'

/** `environment` is read when a command runs, not before. */
export function program(environment: Record<string, string | undefined>): Command {
  const tocsin = new Command('tocsin').description('Incident management: pages, incidents, runbooks, updates, reviews').version(version)
  const ask = () => serverOf(environment)
  tocsin
    .command('serve')
    .description('run a node: web, worker, or both')
    .addOption(new Option('--only <role>', 'run only this role').choices(['web', 'worker']))
    .action(async (options: { only?: 'web' | 'worker' }) => (await import('./serve.ts')).serve(options))
  tocsin
    .command('demo')
    .description('run a node with a month of a sample organisation in ./data-demo; what is there already stays')
    .action(async () => (await import('./demo/demo.ts')).demo(environment))
  tocsin
    .command('apply')
    .description('make the server be as the YAML files in a folder say: all of it or nothing')
    .argument('<folder>')
    .option('--dry-run', 'show what would change, and change nothing', false)
    .option('--prune', 'remove what the files do not say', false)
    .option('--json', 'write the answer as JSON', false)
    .action(async (folder: string, options: { dryRun: boolean; prune: boolean; json: boolean }) => applyFolder(ask(), folder, options))
  tocsin
    .command('check')
    .description('check the YAML files in a folder, without a server')
    .argument('<folder>')
    .option('--json', 'write the answer as JSON', false)
    .action((folder: string, options: { json: boolean }) => checkFolder(catalogue.resources, folder, options))
  tocsin
    .command('export')
    .description('write everything that the server can write as YAML into a folder')
    .argument('<folder>')
    .action(async (folder: string) => exportFolder(ask(), catalogue.resources, folder))
  tocsin
    .command('verify')
    .description("verify every chain of the record in this installation's database")
    .option('--heads', 'write where every chain ends, signed, to be kept elsewhere', false)
    .option('--against <file>', 'hold the chains against a list of heads that was kept elsewhere')
    .option('--json', 'write the answer as JSON', false)
    .action(async (options: VerifyOptions) => (await import('./cli/verify.ts')).verifyRecord(environment, options))
  tocsin
    .command('backup')
    .description("write this installation's database into one file; secrets stay sealed, and the master key is not in it")
    .argument('[file]', 'where to; - is standard output; default tocsin-<time>.backup here')
    .action(async (file: string | undefined) => (await import('./cli/backup.ts')).backUp(environment, file))
  tocsin
    .command('restore')
    .description('load a back-up into this installation, which then is quiet until an administrator says go')
    .argument('<file>', '- is standard input')
    .option('--verify', 'only check the file, in memory; nothing here is touched', false)
    .option('--replace', 'throw away what is here', false)
    .action(async (file: string, options: { verify: boolean; replace: boolean }) =>
      (await import('./cli/restore.ts')).restore(environment, file, options),
    )
  tocsin
    .command('doctor')
    .description('say what is wrong with this installation, and how to mend it')
    .option('--json', 'write the answer as JSON', false)
    .action(async (options: { json: boolean }) => (await import('./cli/doctor.ts')).doctor(environment, options))
  tocsin
    .command('password-link')
    .description("make a link with which a person sets a new password, in this installation's database; for who is locked out")
    .argument('<email>')
    .action(async (email: string) => (await import('./cli/password-link.ts')).passwordLink(environment, email))
  tocsin
    .command('watch')
    .description('on another machine: tell people by mail when an installation no longer works, and when it does again')
    .argument('<url>')
    .option('--mail <address>', 'whom to tell; may be said more than once', (address: string, more: string[]) => [...more, address], [])
    .option('--every <seconds>', 'how often to look', '10')
    .option('--after <seconds>', 'how long it must have failed', '30')
    .option('--again <seconds>', 'after how long people are told again while it lasts', '900')
    .action(async (url: string, options: WatchOptions) => (await import('./cli/watch.ts')).watch(environment, url, options))
  addVerbs(tocsin, catalogue.operations, ask)
  tocsin.addHelpText(
    'after',
    `
Verbs of the areas ask the server at TOCSIN_URL with the token in TOCSIN_TOKEN.
Exit codes: ${exitCodes.done} done, ${exitCodes.refused} refused or found wrong, ${exitCodes.usage} wrong usage, ${exitCodes.unavailable} no answer.`,
  )
  return tocsin
}

/** Runs one command line. Sets the exit code; never ends a process that still serves. */
export async function run(argv: readonly string[], environment: Record<string, string | undefined>): Promise<void> {
  // A reader that stops early (`tocsin … | head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => (error.code === 'EPIPE' ? process.exit(0) : fail(error)))
  const tocsin = program(environment)
  for (const command of allOf(tocsin))
    command
      .showHelpAfterError('Add --help to see how it is used.')
      .exitOverride((error) => process.exit(error.exitCode === 0 ? exitCodes.done : exitCodes.usage))
  await tocsin.parseAsync([...argv]).catch(fail)
}

const allOf = (command: Command): Command[] => [command, ...command.commands.flatMap(allOf)]
