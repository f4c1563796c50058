// The command line: flags in, exit code out. Each command has a file of its own; only cli/ prints
// or exits.

import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { build } from './build.ts'
import { explain } from './explain.ts'
import { HOSTS } from './hosts.ts'
import { start } from './start.ts'
import { verify } from './verify.ts'

/** Exit codes: 0 done, 1 the project has an error, 2 wrong usage. */
const USAGE = 2

/** Runs a command and ends the process: code of the project may still hold the event loop. */
export async function main(args: string[]): Promise<never> {
  let code = 0
  const program = new Command('precast')
    .description('Proves which responses never change and serves them as prebuilt bytes.')
    .version(version(), '-v, --version')
    .showHelpAfterError('(precast --help says more)')
    .exitOverride()
  const run =
    <Rest extends unknown[]>(command: (...rest: Rest) => Promise<number>) =>
    async (...rest: Rest): Promise<void> => {
      code = await command(...rest)
    }

  program
    .command('build')
    .description('write dist/: prove, precompute, bundle')
    .argument('[folder]', 'the project', '.')
    .option('--expect <file>', 'fail where a verdict is worse than this file says')
    .option('--accept', 'write that file with the verdicts as they are')
    .action(run((folder: string, flags) => build(folder, version(), flags)))
  program
    .command('start')
    .description('serve dist/')
    .argument('[folder]', 'the project', '.')
    .addOption(new Option('--host <name>', 'what serves it').choices(HOSTS))
    .addOption(new Option('--port <number>', 'port, 0 for a free one').env('PORT').argParser(port))
    .option('--hostname <name>', 'address to listen on')
    .addOption(
      new Option('--workers <number>', 'processes, or auto for one a core').argParser(workers),
    )
    .option('--unix <path>', 'unix socket to listen on in place of a port')
    .option('--tls-cert <file>', 'certificate to speak TLS with, in PEM')
    .option('--tls-key <file>', 'its key, in PEM')
    .option(
      '--limit <name=value>',
      'what a client may cost, as idle-timeout=30; repeatable',
      collect,
    )
    .action(run((folder: string, flags) => start(folder, flags)))
  program
    .command('explain')
    .description('say why a route is what it is')
    .argument('[what...]', 'a URL, a project folder, or both')
    .option('--json', 'as JSON')
    .action(run((what: string[], flags) => explain(what, flags)))
  program
    .command('verify')
    .description('run the handlers of all that is stored, and compare')
    .argument('[folder]', 'the project', '.')
    .addOption(
      new Option('--runs <number>', 'runs of each handler, or requests for each URL')
        .default(20)
        .argParser(runs),
    )
    .addOption(
      new Option('--url <url>', 'ask a server that runs, in the place of handlers').argParser(
        server,
      ),
    )
    .action(run((folder: string, flags) => verify(folder, flags)))

  try {
    if (args.length === 0) {
      program.outputHelp({ error: true })
      code = USAGE
    } else await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    code = error.exitCode === 0 ? 0 : USAGE
  }
  // What is still in the pipe would be lost.
  await Promise.all([drained(process.stdout), drained(process.stderr)])
  process.exit(code)
}

function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('It is a number from 0 to 65535.')
  return Number(text)
}

function workers(text: string): number | 'auto' {
  if (text === 'auto') return text
  if (!/^[1-9]\d{0,2}$/.test(text))
    throw new InvalidArgumentError("It is a number from 1 to 999, or 'auto'.")
  return Number(text)
}

function runs(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new InvalidArgumentError('It is a number from 1 to 999999.')
  return Number(text)
}

function server(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError('It is a URL, such as http://localhost:3000.')
  return url
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value]
}

function version(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise(resolve => stream.write('', () => resolve()))
}
